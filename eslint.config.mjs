import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/** Keeps the arrows between the rooms one way: what a room must not reach for. */
const room = (files, ...forbidden) => ({
  files,
  rules: {
    'no-restricted-imports': ['error', { patterns: forbidden }],
  },
});

const contractIsTypesOnly = {
  group: ['**/contract', '**/contract/*'],
  allowTypeImports: true,
  message: 'The contract is types only: use `import type`.',
};
const only = (rooms, message) => ({ group: rooms.map((name) => `**/${name}/**`), message });

export default tseslint.config(
  { ignores: ['**/dist', '.cache', '.local-cloud', 'coverage', 'cloudfunctions/*/index.js'] },
  js.configs.recommended,
  tseslint.configs.strictTypeChecked,
  {
    languageOptions: {
      parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname },
    },
    linterOptions: { reportUnusedDisableDirectives: 'error' },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/explicit-module-boundary-types': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
    },
  },
  room(
    ['miniprogram/**/*.ts', 'examples/**/*.ts'],
    contractIsTypesOnly,
    only(['server', 'cloudfunctions', 'packages'], 'The phone knows the contract only.'),
  ),
  room(
    ['server/**/*.ts'],
    contractIsTypesOnly,
    only(['miniprogram', 'cloudfunctions', 'packages'], 'The server knows the contract only.'),
  ),
  room(
    ['cloudfunctions/**/*.ts'],
    contractIsTypesOnly,
    only(['miniprogram', 'packages'], 'Functions stand on server/ and the contract.'),
  ),
  room(
    ['packages/**/*.ts'],
    only(
      ['miniprogram', 'server', 'cloudfunctions'],
      'The local cloud knows the protocol of the SDK, not the functions.',
    ),
  ),
  { files: ['**/*.mjs', '**/*.cjs'], ...tseslint.configs.disableTypeChecked },
);

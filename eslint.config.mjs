import js from '@eslint/js';
import tseslint from 'typescript-eslint';

const product = ['miniprogram', 'server', 'cloudfunctions'];
const source = 'packages/cloudbase-local/src';

/** Keeps the arrows between the rooms one way: what a room must not reach for, and other rules of its own. */
const room = (files, forbidden, rules = {}) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden }], ...rules },
});

const contractIsTypesOnly = {
  group: ['**/contract', '**/contract/*'],
  allowTypeImports: true,
  message: 'The contract is types only: use `import type`.',
};
const rooms = (names, message) => ({ group: names.map((name) => `**/${name}/**`), message });

const tools = {
  group: [
    ...['packages', 'scripts', 'preview', 'test', 'bench'].map((name) => `**/${name}/**`),
    'cloudbase-local',
    'cloudbase-local/**',
  ],
  message: 'The product does not know the tools.',
};
const packageInside = {
  group: ['**/packages/**', 'cloudbase-local/*/**'],
  message: 'The local cloud is used by its name and its `exports`.',
};

/** The rooms of the local cloud, the lowest first: each may use those before it. */
const cloudRooms = ['command', 'project', 'database', 'data-folder', 'functions', 'http', 'phone'];
/** What puts the rooms together: no room knows it. */
const cloudTop = ['cloud', 'index', 'main', 'start-command', 'starter'];
const anyProject = rooms([...product, 'contract', 'preview', 'scripts'], 'It serves any project.');
const cloudRoom = (name, index) =>
  room(
    [`${source}/${name}/**/*.ts`],
    [
      anyProject,
      {
        group: [...cloudRooms.slice(index + 1), ...cloudTop].flatMap((other) =>
          ['../', '../../', '../../../', '../../../../'].flatMap((up) => [
            `${up}${other}`,
            `${up}${other}/**`,
          ]),
        ),
        message: 'The rooms of the local cloud stand on each other in one order.',
      },
    ],
  );

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
    ['miniprogram/**/*.ts', 'examples/*/miniprogram/**/*.ts'],
    [
      contractIsTypesOnly,
      tools,
      rooms(['server', 'cloudfunctions'], 'The phone knows the contract only.'),
    ],
  ),
  room(
    ['contract/**/*.ts'],
    [tools, rooms(['miniprogram', 'server', 'cloudfunctions'], 'The contract knows nobody.')],
  ),
  room(
    ['server/**/*.ts'],
    [
      contractIsTypesOnly,
      tools,
      rooms(['miniprogram', 'cloudfunctions'], 'The server knows the contract only.'),
    ],
  ),
  room(
    ['cloudfunctions/**/*.ts', 'examples/*/cloudfunctions/**/*.ts'],
    [
      contractIsTypesOnly,
      tools,
      rooms(['miniprogram'], 'Functions stand on server/ and the contract.'),
    ],
  ),
  room(['scripts/**/*.ts', 'bench/**/*.ts', 'test/**/*.ts'], [packageInside]),
  room(
    ['preview/**/*.ts'],
    [
      packageInside,
      rooms([...product, 'scripts', 'test', 'bench'], 'The panel knows the phone from outside.'),
    ],
  ),
  ...cloudRooms.map(cloudRoom),
  room([`${source}/*.ts`, 'packages/cloudbase-local/test/**/*.ts'], [anyProject]),
  {
    files: [`${source}/**/*.ts`],
    rules: {
      'no-restricted-syntax': [
        'error',
        ...['Literal[value=', 'TemplateElement[value.raw=', 'Identifier[name='].map((node) => ({
          selector: `${node}/gettoken|cleartokens|\\borders\\b|token-loop|_SALT/i]`,
          message: 'The local cloud serves any project, and names nothing of this one.',
        })),
      ],
    },
  },
  {
    files: ['packages/cloudbase-local/bin/*.js'],
    languageOptions: { globals: { require: 'readonly' } },
    rules: { '@typescript-eslint/no-require-imports': 'off' },
  },
  {
    files: ['**/*.{js,mjs,cjs}'],
    ...tseslint.configs.disableTypeChecked,
    rules: {
      ...tseslint.configs.disableTypeChecked.rules,
      '@typescript-eslint/explicit-module-boundary-types': 'off',
    },
  },
);

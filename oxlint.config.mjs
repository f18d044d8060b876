const product = ['miniprogram', 'server', 'cloudfunctions'];
const source = 'packages/cloudbase-local/src';

/** Keeps the arrows between the rooms one way: what a room must not reach for. */
const room = (files, forbidden) => ({
  files,
  rules: { 'no-restricted-imports': ['error', { patterns: forbidden }] },
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
  group: ['**/packages/cloudbase-local/**', 'cloudbase-local/*/**'],
  message: 'The local cloud is used by its name and its `exports`.',
};

/** The rooms of the local cloud, the lowest first: each may use those before it. */
const cloudRooms = [
  'connect',
  'command',
  'project',
  'database',
  'storage',
  'data-folder',
  'functions',
  'http',
  'phone',
];
/** What puts the rooms together: no room knows it. */
const cloudTop = [
  'cloud',
  'data-access',
  'index',
  'install',
  'main',
  'start-command',
  'starter',
  'transfer-command',
];
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

/** Beside the categories: the rest of what typescript-eslint calls strict, type-checked. */
const strict = [
  'no-case-declarations',
  'no-empty',
  'no-fallthrough',
  'no-prototype-builtins',
  'no-regex-spaces',
  'no-useless-assignment',
  'no-var',
  'prefer-const',
  'prefer-rest-params',
  'prefer-spread',
  'typescript/no-array-constructor',
  'typescript/no-confusing-void-expression',
  'typescript/no-deprecated',
  'typescript/no-dynamic-delete',
  'typescript/no-empty-object-type',
  'typescript/no-explicit-any',
  'typescript/no-invalid-void-type',
  'typescript/no-misused-promises',
  'typescript/no-mixed-enums',
  'typescript/no-namespace',
  'typescript/no-non-null-assertion',
  'typescript/no-require-imports',
  'typescript/no-unnecessary-condition',
  'typescript/no-unsafe-argument',
  'typescript/no-unsafe-assignment',
  'typescript/no-unsafe-call',
  'typescript/no-unsafe-function-type',
  'typescript/no-unsafe-member-access',
  'typescript/no-unsafe-return',
  'typescript/only-throw-error',
  'typescript/prefer-literal-enum-member',
  'typescript/prefer-promise-reject-errors',
  'typescript/prefer-reduce-type-parameter',
  'typescript/prefer-return-this-type',
  'typescript/related-getter-setter-pairs',
  'typescript/require-await',
  'typescript/unified-signatures',
  'typescript/use-unknown-in-catch-callback-variable',
];

/** What the category `suspicious` has beside it. */
const tooMuch = [
  'consistent-return',
  'no-shadow',
  'no-underscore-dangle',
  'no-unmodified-loop-condition',
  'typescript/no-unsafe-type-assertion',
  'typescript/require-array-sort-compare',
];

/** What only types can answer; plain JavaScript has none. */
const needsTypes = [
  'typescript/explicit-module-boundary-types',
  'typescript/no-confusing-void-expression',
  'typescript/no-misused-promises',
  'typescript/no-require-imports',
  'typescript/no-unnecessary-condition',
  'typescript/no-unsafe-argument',
  'typescript/no-unsafe-assignment',
  'typescript/no-unsafe-call',
  'typescript/no-unsafe-member-access',
  'typescript/no-unsafe-return',
  'typescript/restrict-plus-operands',
];

const off = (rules) => Object.fromEntries(rules.map((rule) => [rule, 'off']));

export default {
  plugins: ['eslint', 'typescript', 'oxc'],
  jsPlugins: ['./oxlint.any-project.mjs'],
  categories: { correctness: 'error', suspicious: 'error' },
  options: { typeAware: true, denyWarnings: true, reportUnusedDisableDirectives: 'error' },
  ignorePatterns: [
    '**/dist',
    '**/miniprogram_dist',
    '.cache',
    '.local-cloud',
    'coverage',
    'cloudfunctions/*/index.js',
    // Somebody else's projects, written as others write.
    'test/into-your-project/{js-template,ts-project}',
    'packages/cloudbase-local/test/projects',
  ],
  rules: {
    ...Object.fromEntries(strict.map((rule) => [rule, 'error'])),
    ...off(tooMuch),
    'typescript/ban-ts-comment': ['error', { minimumDescriptionLength: 10 }],
    'typescript/consistent-type-imports': 'error',
    'typescript/explicit-module-boundary-types': 'error',
    'typescript/restrict-plus-operands': [
      'error',
      {
        allowAny: false,
        allowBoolean: false,
        allowNullish: false,
        allowNumberAndString: false,
        allowRegExp: false,
      },
    ],
    'typescript/restrict-template-expressions': ['error', { allowNumber: true }],
    'typescript/return-await': ['error', 'error-handling-correctness-only'],
  },
  overrides: [
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
      ['packages/session/**/*.ts'],
      [tools, rooms(['server', 'cloudfunctions', 'contract'], 'The package is the session alone.')],
    ),
    room(
      ['packages/server/**/*.ts'],
      [
        tools,
        rooms(['miniprogram', 'cloudfunctions', 'contract'], 'The package is the server alone.'),
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
    { files: [`${source}/**/*.ts`], rules: { 'any-project/names-nothing': 'error' } },
    { files: ['**/*.{js,mjs,cjs}'], rules: off(needsTypes) },
  ],
};

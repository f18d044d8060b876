export default {
  roots: ['<rootDir>/test', '<rootDir>/packages'],
  testMatch: ['**/*.test.ts'],
  testSequencer: '<rootDir>/test/sequencer.mjs',
  // A busy machine is slow, and not wrong.
  testTimeout: 30_000,
  moduleFileExtensions: ['ts', 'js', 'json', 'mjs', 'cjs', 'node'],
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
        module: { type: 'commonjs' },
      },
    ],
  },
};

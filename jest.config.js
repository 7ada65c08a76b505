/** One transform for tests and code: the same legacy decorators and ESM output that `tsc` gives. */
const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: {
        target: 'es2022',
        experimental: { keepImportAttributes: true },
        parser: { syntax: 'typescript', decorators: true },
        transform: { legacyDecorator: true, decoratorMetadata: false, useDefineForClassFields: true },
      },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform,
  moduleNameMapper: { '^@standfirst/client$': '<rootDir>/packages/client/src/live-client.ts' },
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  testSequencer: '<rootDir>/jest.sequencer.js',
  globalSetup: '<rootDir>/test/support/global-setup.ts',
  globalTeardown: '<rootDir>/test/support/global-teardown.ts',
  // With ES modules a worker never frees what a test file has loaded, some 30 MB of heap: it is replaced in time, before it spends
  // more on collecting garbage than on tests, and long before it runs out of memory.
  workerIdleMemoryLimit: '1GB',
  // A test waits for conditions; this ends one that hangs, on a machine that is busy with other things.
  testTimeout: 120_000,
};

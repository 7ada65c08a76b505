/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testRunner: '<rootDir>/test/runner/run-file.js',
  transform: {},
  extensionsToTreatAsEsm: ['.ts'],
  roots: ['<rootDir>/test', '<rootDir>/packages'],
  testMatch: ['**/*.test.ts'],
  runner: '<rootDir>/test/runner/runner.js',
  reporters: ['default', '<rootDir>/test/runner/unsteady-reporter.js'],
  // Also on two cores: a file waits more than it computes.
  maxWorkers: 4,
  testSequencer: '<rootDir>/test/runner/sequencer.js',
  globalSetup: '<rootDir>/test/runner/setup.js',
  globalTeardown: '<rootDir>/test/runner/teardown.js',
  // What tests have loaded stays: a worker that has grown is replaced.
  workerIdleMemoryLimit: '2GB',
  // A test waits for conditions; this ends one that hangs, on a machine that is busy with other things.
  testTimeout: 240_000,
};

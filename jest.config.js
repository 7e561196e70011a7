/** @type {import('jest').Config} */
module.exports = {
  testEnvironment: 'node',
  roots: ['<rootDir>/test'],
  testMatch: ['**/*.test.ts'],
  transform: { '^.+\\.ts$': ['@swc/jest', { jsc: { target: 'es2022', parser: { syntax: 'typescript' } } }] },
  globalSetup: '<rootDir>/test/setup/lambda-runtime-client.ts',
  setupFiles: ['<rootDir>/test/setup/environment.ts'],
  reporters: ['default', '<rootDir>/test/setup/counts-reporter.js'],
  maxWorkers: 2,
  testTimeout: 60_000,
};

// Tests run on compiled output, so that the Swagger plugin's work is there (docs/ARCHITECTURE.md).
const base = {
  rootDir: 'dist-test',
  testEnvironment: 'node',
  transform: {},
  injectGlobals: true,
};
const project = (name, testMatch, more = {}) => ({
  ...base,
  displayName: name,
  testMatch,
  ...more,
});
const withDatabase = {
  globalSetup: '<rootDir>/test/support/global-setup.js',
  globalTeardown: '<rootDir>/test/support/global-teardown.js',
};

export default {
  // Two workers share two cores with a database: five seconds say more about the machine than the code.
  testTimeout: 30_000,
  // Modules of a spec stay in memory after it (VM modules); near its limit the heap is only collected.
  workerIdleMemoryLimit: '1200MB',
  projects: [
    project('unit', ['<rootDir>/src/**/*.spec.js', '<rootDir>/test/unit/**/*.spec.js']),
    project('calibration', ['<rootDir>/test/calibration/**/*.spec.js']),
    project('contract', ['<rootDir>/test/contract/**/*.spec.js'], withDatabase),
    project('integration', ['<rootDir>/test/integration/**/*.spec.js'], withDatabase),
    project('e2e', ['<rootDir>/test/e2e/**/*.spec.js'], withDatabase),
  ],
};

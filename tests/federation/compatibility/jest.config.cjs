// The tests are published compiled; jest leaves what lies in node_modules alone unless told otherwise.
module.exports = {
  rootDir: `${__dirname}/node_modules/@apollo/federation-subgraph-compatibility-tests/dist/tests`,
  testEnvironment: 'node',
  haste: { retainAllFiles: true },
  testPathIgnorePatterns: [],
  transformIgnorePatterns: ['.*'],
  setupFilesAfterEnv: [`${__dirname}/router_url.cjs`],
};

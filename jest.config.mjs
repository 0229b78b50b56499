const swc = (moduleType) => [
  '@swc/jest',
  {
    swcrc: false,
    jsc: {
      parser: { syntax: 'typescript', decorators: true },
      transform: { legacyDecorator: true, decoratorMetadata: true },
      target: 'es2023',
      keepClassNames: true,
    },
    module: { type: moduleType },
  },
];

export default {
  testEnvironment: 'node',
  testTimeout: 60_000, // a busy machine is no failure; speed is measured in test/bench
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '^.+\\.ts$': swc('es6'), 'node_modules/(cookie|content-disposition)/.+\\.js$': swc('commonjs') },
  // CommonJS packages that require an ESM-only one: light-my-request (Fastify's inject) and @fastify/static (Swagger UI)
  transformIgnorePatterns: ['/node_modules/(?!(cookie|content-disposition)/)'],
  moduleNameMapper: {
    '^@causeway/([^/]+)$': '<rootDir>/libs/$1/src/index.ts',
    '^@causeway/platform/server$': '<rootDir>/libs/platform/src/server/index.ts',
    '^@causeway/message-flow/edge$': '<rootDir>/libs/message-flow/src/edge/index.ts',
    '^@causeway/([^/]+)/testing$': '<rootDir>/libs/$1/src/testing/index.ts',
    '^libphonenumber-js$': '<rootDir>/node_modules/libphonenumber-js/index.cjs', // its ESM build imports JSON without an attribute
    '^(\\.{1,2}/.*)\\.js$': '$1',
  },
  testSequencer: '<rootDir>/scripts/longest-first.mjs',
  globalSetup: '<rootDir>/test/support/jest-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest-teardown.mjs',
  modulePathIgnorePatterns: ['<rootDir>/dist/'],
  testMatch: ['<rootDir>/{apps,libs,test}/**/*.spec.ts'],
};

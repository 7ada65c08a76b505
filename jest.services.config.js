import config from './jest.config.js';

// The same suite on the services that the environment names, instead of an embedded database of its own.
process.env.TEST_DATABASE_URL = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/postgres';
process.env.TEST_REDIS_URL = process.env.REDIS_URL || 'redis://127.0.0.1:6379';

export default {
  ...config,
  // The embedded database is the subject of these, so they are the same whatever the rest runs on.
  testPathIgnorePatterns: ['/node_modules/', '/test/db/embedded\\.test\\.ts$'],
};

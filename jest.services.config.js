import config from './jest.config.js';

// The same suite on the services that the environment names, instead of an embedded database of its own.
process.env.TEST_DATABASE_URL = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/postgres';
process.env.TEST_REDIS_URL = process.env.REDIS_URL || 'redis://127.0.0.1:6379';

// What the rest runs on makes no difference to these: the embedded database is their subject, or they use no database at all.
const elsewhere = [
  'db/embedded',
  'process/start',
  'architecture',
  'config',
  'text/(addresses|markdown|plain|slug)',
  'time/.*',
  'import/(document|ordinals)',
  'graphql/(compatibility|schema)',
  'clients/codegen',
  'docs/front-end',
];

// Tried by the first of the two runs in CI, and no server's version makes a difference to it: who may do what, the clients and
// programs around the API. Elsewhere this run has them too.
const onceInCi = ['permissions/.*', 'clients/.*', 'docs/.*', 'bench/.*', 'text/.*', '(account|events)/cli'];
const ignored = process.env.CI ? [...elsewhere, ...onceInCi] : elsewhere;

export default {
  ...config,
  testPathIgnorePatterns: ['/node_modules/', ...ignored.map((name) => `/test/${name}\\.test\\.ts$`)],
};

import config from './jest.config.js';

// The same suite on the services that the environment names, instead of an embedded database of its own.
process.env.TEST_DATABASE_URL = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/postgres';
process.env.TEST_REDIS_URL = process.env.REDIS_URL || 'redis://127.0.0.1:6379';

// What the rest runs on makes no difference to these: the embedded database is their subject, or they use no database at all.
const elsewhere = [
  'db/embedded',
  'process/(npm-)?start',
  'architecture',
  'config',
  'text/(addresses|markdown|plain|slug)',
  'time/.*',
  'import/(document|ordinals)',
  'graphql/(compatibility|schema)',
  'clients/codegen',
  'docs/included-code',
  'web/(codegen|thread-list)',
  'faults/.*',
];

// Ten minutes on two cores are not enough for everything twice: in CI the run on the embedded database has these. Elsewhere this
// run has them too.
const notInCi = [
  'account/.*',
  'http/.*',
  'clients/.*',
  'docs/.*',
  'bench/.*',
  'text/.*',
  'web/.*',
  '(import|events)/cli',
];
const ignored = process.env.CI ? [...elsewhere, ...notInCi] : elsewhere;

export default {
  ...config,
  testPathIgnorePatterns: ['/node_modules/', ...ignored.map((name) => `/test/${name}\\.test\\.ts$`)],
};

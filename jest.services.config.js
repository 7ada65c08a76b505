import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import config from './jest.config.js';
import { pragmasOf } from './test/runner/pragmas.js';

// The same suite on the services that the environment names, instead of an embedded database of its own.
process.env.TEST_DATABASE_URL = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/postgres';
process.env.TEST_REDIS_URL = process.env.REDIS_URL || 'redis://127.0.0.1:6379';

/** Files to which the database makes no difference: they say so themselves. */
const elsewhere = ['test', 'packages'].flatMap((folder) =>
  readdirSync(join(import.meta.dirname, folder), { recursive: true, encoding: 'utf8' })
    .map((name) => join(folder, name))
    .filter(
      (name) =>
        name.endsWith('.test.ts') && pragmasOf(join(import.meta.dirname, name)).database !== undefined,
    )
    .map((name) => `/${name.replaceAll('\\', '/').replaceAll('.', '\\.')}$`),
);

export default { ...config, testPathIgnorePatterns: ['/node_modules/', ...elsewhere] };

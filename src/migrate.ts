import { parseConfig } from './config.ts';
import { createDataSource } from './db/data-source.ts';
import { migrateDown, migrateUp, migrationStatus } from './db/migrate.ts';
import { entities, migrations } from './schema-entities.ts';
import type { DataSource } from 'typeorm';

const usage = `Usage: npm run migrate -- [up|down|status]

  up      applies every migration that is missing (default)
  down    reverts the last one
  status  lists them
`;

const commands: Readonly<Record<string, (dataSource: DataSource) => Promise<string[]>>> = {
  up: async (dataSource) => {
    const names = await migrateUp(dataSource);
    return names.length === 0
      ? ['Nothing to do: the database is up to date.']
      : names.map((name) => `Applied ${name}`);
  },
  down: async (dataSource) => {
    const name = await migrateDown(dataSource);
    return [name === undefined ? 'Nothing to do: no migration is applied.' : `Reverted ${name}`];
  },
  status: async (dataSource) => {
    const states = await migrationStatus(dataSource);
    return states.map(({ name, applied }) => `${applied ? 'applied' : 'missing'}  ${name}`);
  },
};

/** @returns the exit code: 0 done, 1 failed, 2 wrongly called */
async function main(args: readonly string[]): Promise<number> {
  const [word = 'up', ...rest] = args;
  const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
  if (command === undefined || rest.length > 0) {
    process.stdout.write(usage);
    return 2;
  }
  // Changing the schema signs no token, so the secret that DATABASE_URL demands may be missing here.
  const { databaseUrl } = parseConfig({
    ...process.env,
    SESSION_SECRET: process.env.SESSION_SECRET || 'unused-while-migrating'.padEnd(32, '-'),
  });
  if (databaseUrl === undefined) {
    process.stdout.write(
      'DATABASE_URL is not set: the embedded database is migrated at every start of the service.\n',
    );
    return 2;
  }
  const dataSource = createDataSource({
    url: databaseUrl,
    poolSize: 2,
    // A migration takes as long as its table is large.
    statementTimeoutMs: 0,
    entities,
    migrations,
    applicationName: 'standfirst-migrate',
    onPoolError: (error) => process.stderr.write(`${error.message}\n`),
  });
  await dataSource.initialize();
  try {
    const lines = await command(dataSource);
    process.stdout.write(`${lines.join('\n')}\n`);
    return 0;
  } finally {
    await dataSource.destroy();
  }
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // A host name whose every address refused gives an AggregateError without a message, but with a code.
  const { message, code } = error as { message?: string; code?: string };
  process.stderr.write(`${message || code || String(error)}\n`);
  process.exitCode = 1;
}

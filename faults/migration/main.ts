import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { onConnection } from '../../harness/database.ts';
import { findViolations } from '../../harness/invariants.ts';
import { beginSlowDump } from './dump.ts';
import { migrateUnderLoad } from './under-load.ts';

const usage = `Usage: npm run faults:migrate -- [--comments N] [--writes N] [--dump SECONDS]

Applies all migrations after 0.2.0 to N comments (1000000) while a real pg_dump takes SECONDS (60) and N writes per second
(20) arrive, as 0.2.0 made them; a write that waits for more than 1 s counts as refused. Creates a database on the
server of DATABASE_URL (postgres://postgres@127.0.0.1:5432/postgres) and drops it at the end. Needs pg_dump of the server's
version. Exit code 1: a write was refused, or the stored data is inconsistent.
`;

const { values } = parseArgs({
  options: {
    comments: { type: 'string', default: '1000000' },
    writes: { type: 'string', default: '20' },
    dump: { type: 'string', default: '60' },
    help: { type: 'boolean', default: false },
  },
});

async function run(): Promise<boolean> {
  const server = process.env.DATABASE_URL || 'postgres://postgres@127.0.0.1:5432/postgres';
  const name = `standfirst_migration_${randomBytes(4).toString('hex')}`;
  const url = new URL(server);
  url.pathname = `/${name}`;
  const begun = performance.now();
  const say = (line: string) =>
    process.stdout.write(`${((performance.now() - begun) / 1000).toFixed(1).padStart(7)} s  ${line}\n`);
  await onConnection(server, (client) => client.query(`CREATE DATABASE "${name}"`));
  try {
    const { applied, migratedMs, times, refusals, done } = await migrateUnderLoad({
      url: url.href,
      size: { articles: 2000, comments: Number(values.comments) },
      writesPerSecond: Number(values.writes),
      beginDump: beginSlowDump,
      dumpMs: Number(values.dump) * 1000,
      onProgress: say,
    });
    say('checking');
    const broken = await onConnection(url.href, (client) =>
      findViolations({
        query: async <Row>(statement: string) => (await client.query(statement)).rows as Row[],
      }),
    );
    const sorted = times.toSorted((a, b) => a - b);
    const at = (share: number) => `${(sorted[Math.floor(share * (sorted.length - 1))] ?? 0).toFixed(0)} ms`;
    say(`${applied.length} migrations in ${(migratedMs / 1000).toFixed(1)} s`);
    say(`writes: ${times.length} accepted (${JSON.stringify(done)}), ${refusals.length} refused`);
    say(`writes took ${at(0.5)} (half), ${at(0.99)} (99 %), ${at(1)} (longest)`);
    for (const line of [...new Set(refusals), ...broken.slice(0, 20)]) say(line);
    return refusals.length === 0 && broken.length === 0;
  } finally {
    await onConnection(server, (client) => client.query(`DROP DATABASE "${name}" WITH (FORCE)`));
  }
}

if (values.help) process.stdout.write(usage);
else if (!(await run())) process.exitCode = 1;

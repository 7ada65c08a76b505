import 'reflect-metadata';
import { benchBrowser, profileBrowser } from './browser/browser.bench.ts';
import { onConnection, withOwnDatabase } from '../harness/database.ts';
import { generateData } from '../harness/data/generate.ts';
import { benchConnections, benchThreads } from './curves.bench.ts';
import type { Comparison } from './measure/rounds.ts';
import { benchLive, profileLive } from './live/live.bench.ts';
import { type BenchOptions, parseOptions, usage } from './options.ts';
import { UsageError } from '../harness/options.ts';
import { benchOtherPages, benchPage, profileOtherPages, profilePage } from './page/page.bench.ts';
import { benchPledge, profilePledge } from './pledge/pledge.bench.ts';
import { benchPost, profilePost } from './post/post.bench.ts';
import { benchWords } from './words/words.bench.ts';
import { writeReport } from './report.ts';
import { describeMachine } from '../harness/machine.ts';

/** Reports progress; only the figures go to standard output. */
function say(line: string): void {
  process.stderr.write(`  ${line}\n`);
}

function show(text: string): void {
  process.stdout.write(`\n${text}\n`);
}

async function serverVersion(databaseUrl: string): Promise<string> {
  const { rows } = await onConnection(databaseUrl, (client) =>
    client.query<{ version: string }>(
      `SELECT split_part(current_setting('server_version'), ' ', 1) AS version`,
    ),
  );
  return rows[0]?.version ?? '';
}

async function run(options: BenchOptions, databaseUrl: string): Promise<void> {
  const { commands, size, seed } = options;
  const start = performance.now();
  if (commands.some((command) => command !== 'words')) {
    await generateData({ databaseUrl, size, seed, onProgress: say });
    say(`the data were made in ${((performance.now() - start) / 1000).toFixed(1)} s`);
  }
  if (options.profile) {
    if (commands.includes('page')) show(await profilePage(databaseUrl, options));
    if (commands.includes('pages')) show(await profileOtherPages(databaseUrl, options));
    if (commands.includes('post')) show(await profilePost(databaseUrl, options));
    if (commands.includes('pledge')) show(await profilePledge(databaseUrl, options));
    if (commands.includes('live')) show(await profileLive(databaseUrl, options, say));
    if (commands.includes('browser')) show(await profileBrowser(databaseUrl, options, say));
    return;
  }
  const comparisons: Comparison[] = [];
  // Reading first, because posting changes the data.
  if (commands.includes('page')) comparisons.push(...(await benchPage(databaseUrl, options, say)));
  if (commands.includes('pages')) comparisons.push(...(await benchOtherPages(databaseUrl, options, say)));
  if (commands.includes('connections'))
    comparisons.push(...(await benchConnections(databaseUrl, options, say)));
  if (commands.includes('threads')) comparisons.push(...(await benchThreads(databaseUrl, options, say)));
  if (commands.includes('post')) comparisons.push(...(await benchPost(databaseUrl, options, say)));
  if (commands.includes('pledge')) comparisons.push(...(await benchPledge(databaseUrl, options, say)));
  if (commands.includes('live')) comparisons.push(...(await benchLive(databaseUrl, options, say)));
  if (commands.includes('browser')) comparisons.push(...(await benchBrowser(databaseUrl, options, say)));
  if (commands.includes('words')) comparisons.push(...benchWords(options, say));
  if (comparisons.length === 0) return;
  const machine = describeMachine(await serverVersion(databaseUrl));
  show(await writeReport({ date: new Date().toISOString(), machine, options, comparisons }));
}

/** Rejects on a signal to end, so that the database is dropped before the exit. */
function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new Error(`Ended by ${signal}`)));
  });
}

function runOnOwnDatabase(options: BenchOptions): Promise<void> {
  return withOwnDatabase(process.env.DATABASE_URL || undefined, (url, name) => {
    say(`database ${name}`);
    return Promise.race([run(options, url), interrupted()]);
  });
}

try {
  const options = parseOptions(process.argv.slice(2));
  if (options) await runOnOwnDatabase(options);
  else process.stdout.write(usage);
} catch (error) {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  process.stderr.write(error instanceof UsageError ? `${error.message}\n\n${usage}` : `${text}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

import 'reflect-metadata';
import { withOwnDatabase } from './database.ts';
import { generateData } from './data/generate.ts';
import { type BenchOptions, parseOptions, usage, UsageError } from './options.ts';

function say(line: string): void {
  process.stderr.write(`${line}\n`);
}

async function run(options: BenchOptions, databaseUrl: string): Promise<void> {
  const { size, seed } = options;
  const start = performance.now();
  await generateData({ databaseUrl, size, seed, onProgress: (line) => say(`  ${line}`) });
  say(`  made in ${((performance.now() - start) / 1000).toFixed(1)} s`);
}

/** Resolves never; throws when somebody wants the run to end, so that what it made is taken away first. */
function interrupted(): Promise<never> {
  return new Promise((_, reject) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const)
      process.once(signal, () => reject(new UsageError(`Ended by ${signal}`)));
  });
}

try {
  const options = parseOptions(process.argv.slice(2));
  await withOwnDatabase(process.env.DATABASE_URL || undefined, (url) =>
    Promise.race([run(options, url), interrupted()]),
  );
} catch (error) {
  const text = error instanceof UsageError ? `${error.message}\n\n${usage}` : error;
  process.stderr.write(`${text instanceof Error ? (text.stack ?? text.message) : String(text)}\n`);
  process.exitCode = 1;
}

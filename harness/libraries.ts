import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { acceptedLibraries } from './accepted-libraries.ts';
import { type Library, overdueOf } from './overdue-libraries.ts';

/*
 * Compares the libraries that this package names itself with the time frames of `SECURITY.md`, as the registry tells of them:
 * `npm run libraries`. Ends with code 1 when one is overdue, and says which.
 */

const run = promisify(execFile);

/** Most questions to the registry at a time. */
const atOnce = 4;

interface Manifest {
  readonly dependencies: Record<string, string>;
  readonly devDependencies: Record<string, string>;
}

/** What `npm view` says about a library. */
interface Published {
  readonly version: string;
  readonly time: Record<string, string>;
}

async function askRegistry(name: string, installed: string): Promise<Library> {
  const { stdout } = await run('npm', ['view', name, '--json', 'version', 'time'], {
    maxBuffer: 100_000_000,
  });
  const { version: latest, time } = JSON.parse(stdout) as Published;
  return { name, installed, latest, released: new Map(Object.entries(time)) };
}

const { dependencies, devDependencies } = JSON.parse(await readFile('package.json', 'utf8')) as Manifest;
const waiting = Object.entries({ ...dependencies, ...devDependencies });
const count = waiting.length;
const libraries: Library[] = [];
async function work(): Promise<void> {
  for (let next = waiting.shift(); next; next = waiting.shift()) libraries.push(await askRegistry(...next));
}
await Promise.all(Array.from({ length: atOnce }, work));
const overdue = overdueOf(libraries, acceptedLibraries, new Date());
for (const line of overdue) process.stdout.write(`${line}\n`);
process.stdout.write(`${count} libraries, ${overdue.length} overdue\n`);
process.exitCode = overdue.length === 0 ? 0 : 1;

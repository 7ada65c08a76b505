import { parseArgs } from 'node:util';
import { parseConfig } from '../platform/config/config.ts';
import { adviceOn } from '../app/advice.ts';
import { isUnavailable } from '../platform/db/unavailable.ts';
import {
  connectedNodes,
  migrateDown,
  type MigrateOptions,
  migrateUp,
  migrationStatus,
  newestMigration,
  removeAllBridges,
  selectBridges,
} from '../platform/db/migrate.ts';
import { commandLine } from '../platform/config/command-line.ts';
import { refusePooler } from '../platform/db/pooler.ts';
import { withMigrationSource } from '../app/migration-source.ts';
import type { DataSource } from 'typeorm';

const usage = `Usage: ${commandLine('migrate', '[up|down|finish|status] [--yes]')}

  up      applies every migration that is missing (default), while nodes of the version before run
  finish  takes down what serves nodes of the version before, once none of them runs any more
  down    reverts the last one, with --yes; what it added to the database is lost. Not while nodes are connected
  status  lists them

Exit code: 0 done, 1 failed or refused, 2 wrongly called.
`;

/** The lines that a command prints, and whether it refused its work. */
interface Report {
  readonly lines: readonly string[];
  readonly refused?: boolean;
}

type Command = (source: DataSource, options: MigrateOptions & { readonly yes: boolean }) => Promise<Report>;

const finishHint = `Nodes of the version before are served on. Once all are replaced, run "${commandLine('migrate', 'finish')}".`;

const commands: Readonly<Record<string, Command>> = {
  up: async (source, options) => {
    const names = await migrateUp(source, options);
    if (names.length === 0) return { lines: ['Nothing to do: the database is up to date.'] };
    const bridges = await selectBridges(source);
    return {
      lines: [...names.map((name) => `Applied ${name}`), ...(bridges.length > 0 ? [finishHint] : [])],
    };
  },
  finish: async (source, options) => {
    const names = await removeAllBridges(source, options);
    return {
      lines: names.length === 0 ? ['Nothing to do.'] : names.map((name) => `Removed ${name}`),
    };
  },
  down: async (source, options) => {
    const name = await newestMigration(source);
    if (name === undefined) return { lines: ['Nothing to do: no migration is applied.'] };
    if (!options.yes) {
      return {
        refused: true,
        lines: [
          `This would revert ${name}, and what is in the tables and columns that it added would be lost.`,
          'Run it again with --yes, after a backup.',
        ],
      };
    }
    const nodes = await connectedNodes(source);
    if (nodes.length > 0) {
      return {
        refused: true,
        lines: [
          `${name} is not reverted: the database is in use. Stop these first:`,
          ...nodes.map(
            ({ name: node, processes, address }) =>
              `  ${node}: ${processes} connection(s) from ${address ?? 'this machine'}`,
          ),
        ],
      };
    }
    return { lines: [`Reverted ${await migrateDown(source, options)}`] };
  },
  status: async (source) => {
    const states = await migrationStatus(source);
    const bridges = await selectBridges(source);
    return {
      lines: [
        ...states.map(({ name, applied }) => `${applied ? 'applied' : 'missing'}  ${name}`),
        ...(bridges.length > 0 ? [finishHint] : []),
      ],
    };
  },
};

/** @returns undefined for a wrong command line */
function parse(args: readonly string[]): { command: Command; yes: boolean } | undefined {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: { yes: { type: 'boolean', default: false } },
    });
    const [word = 'up', ...rest] = positionals;
    const command = Object.hasOwn(commands, word) ? commands[word] : undefined;
    if (command === undefined || rest.length > 0 || (values.yes && word !== 'down')) return undefined;
    return { command, yes: values.yes };
  } catch {
    return undefined;
  }
}

/** @returns the exit code */
async function main(args: readonly string[]): Promise<number> {
  const call = parse(args);
  if (!call) {
    process.stdout.write(usage);
    return 2;
  }
  const { databaseUrl } = parseConfig(process.env);
  if (databaseUrl === undefined) {
    process.stdout.write(
      'DATABASE_URL is not set: the embedded database is migrated at every start of the service.\n',
    );
    return 2;
  }
  const onProgress = (line: string) => process.stderr.write(`${line}\n`);
  const { lines, refused } = await withMigrationSource(databaseUrl, async (source) => {
    await refusePooler(source);
    return call.command(source, { yes: call.yes, onProgress });
  });
  process.stdout.write(`${lines.join('\n')}\n`);
  return refused ? 1 : 0;
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  // A host name whose every address refused gives an AggregateError without a message, but with a code.
  const { message, code } = error as { message?: string; code?: string };
  const said = message || code || String(error);
  const text = isUnavailable(error) ? `The database of DATABASE_URL can not be reached: ${said}` : said;
  process.stderr.write(`${adviceOn(error) ?? text}\n`);
  process.exitCode = 1;
}

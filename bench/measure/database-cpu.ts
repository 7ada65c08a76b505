import { readFile } from 'node:fs/promises';
import { Client } from 'pg';
import type { CpuMs } from '../../harness/processes/child.ts';

/** Linux counts CPU time of processes in hundredths of a second. */
const tickMs = 10;

async function cpuOf(pid: number): Promise<CpuMs | undefined> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => undefined);
  if (stat?.includes('postgres') !== true) return undefined;
  // Fields from the third on, after the name in parentheses, which may contain spaces; the times are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/** CPU time of the server processes behind the connections to one database, where it can be read. */
export class DatabaseCpu {
  readonly #client: Client;

  private constructor(client: Client) {
    this.#client = client;
  }

  static async open(databaseUrl: string): Promise<DatabaseCpu> {
    const client = new Client({ connectionString: databaseUrl, application_name: 'standfirst-bench-watch' });
    await client.connect();
    return new DatabaseCpu(client);
  }

  /** CPU time by process. Empty where the server is on another machine, or this one has no `/proc`. */
  async read(): Promise<ReadonlyMap<number, CpuMs>> {
    const { rows } = await this.#client.query<{ pid: number }>(
      'SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    );
    const times = await Promise.all(rows.map(async ({ pid }) => [pid, await cpuOf(pid)] as const));
    return new Map(times.flatMap(([pid, cpu]) => (cpu === undefined ? [] : [[pid, cpu] as const])));
  }

  close(): Promise<void> {
    return this.#client.end();
  }
}

/** CPU time between two readings; undefined where nothing could be read. */
export function spentBetween(
  before: ReadonlyMap<number, CpuMs>,
  after: ReadonlyMap<number, CpuMs>,
): CpuMs | undefined {
  if (after.size === 0) return undefined;
  return [...after].reduce((sum, [pid, cpu]) => sum + cpu - (before.get(pid) ?? 0), 0);
}

import type { Child } from '../../harness/processes/child.ts';
import type { LoopResult } from './closed-loop.ts';
import { type DatabaseCpu, spentBetween } from './database-cpu.ts';

/** One side of a comparison. */
export interface Side {
  readonly name: string;
  /** The process whose CPU time is measured, with that of its workers. */
  readonly server: Child;
  /** Number of processes that answer, each of which needs its own warm-up; absent: one. */
  readonly workers?: number | undefined;
  /** Puts the side under load for a number of seconds. */
  readonly load: (seconds: number) => Promise<LoopResult>;
}

/** Figures of one side in one round, by the keys of the comparison's columns. Undefined where not measurable. */
export type Figures = Readonly<Record<string, number | undefined>>;

/** One figure of each side. */
export interface Column {
  readonly key: string;
  readonly name: string;
  readonly digits: number;
}

/** The rounds of one side, in their order. */
export interface SideResult {
  readonly name: string;
  readonly rounds: readonly Figures[];
}

/** One comparison: the first side is measured against each of the others. */
export interface Comparison {
  readonly title: string;
  readonly columns: readonly Column[];
  readonly sides: readonly SideResult[];
}

/** Figures of requests. CPU time in milliseconds per request. */
const requestColumns: readonly Column[] = [
  { key: 'perSecond', name: 'requests/s', digits: 0 },
  { key: 'p50', name: 'p50 ms', digits: 1 },
  { key: 'p99', name: 'p99 ms', digits: 1 },
  { key: 'serverCpu', name: 'CPU ms, server', digits: 2 },
  { key: 'databaseCpu', name: 'CPU ms, database', digits: 2 },
];

async function measure(side: Side, seconds: number, database: DatabaseCpu) {
  const [cpuBefore, databaseBefore] = [await side.server.cpu(), await database.read()];
  const result = await side.load(seconds);
  const [cpuAfter, databaseAfter] = [await side.server.cpu(), await database.read()];
  const databaseSpent = spentBetween(databaseBefore, databaseAfter);
  return {
    ...result,
    serverCpu: (cpuAfter - cpuBefore) / result.count,
    databaseCpu: databaseSpent === undefined ? undefined : databaseSpent / result.count,
  };
}

/** Number of requests of a process after which V8 has compiled the code of a request; before, each costs several times as much. */
const warmRequests = 2000;
const maxWarmLoads = 6;

async function warmUp(side: Side, seconds: number): Promise<void> {
  const { workers = 1 } = side;
  let count = 0;
  for (let load = 0; load < maxWarmLoads * workers && count < warmRequests * workers; load++)
    count += (await side.load(seconds / 2)).count;
}

/**
 * Measures all sides in every round, one after the other, each round beginning with another side, so that other
 * activity on the machine affects all of them alike.
 */
export async function takeTurns<Sided extends { readonly name: string }>(
  sides: readonly Sided[],
  rounds: number,
  measureOne: (side: Sided, round: number) => Promise<Figures>,
): Promise<SideResult[]> {
  const results = sides.map(({ name }) => ({ name, rounds: [] as Figures[] }));
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const index = (round + turn) % sides.length;
      const side = sides[index];
      if (side) results[index]?.rounds.push(await measureOne(side, round));
    }
  }
  return results;
}

/** Puts all sides under load in turns, after a warm-up of each. */
export async function measureRounds(
  title: string,
  sides: readonly Side[],
  options: {
    rounds: number;
    seconds: number;
    database: DatabaseCpu;
    onProgress: (line: string) => void;
    /** Called before the first round. */
    afterWarmUp?: () => Promise<void>;
  },
): Promise<Comparison> {
  for (const side of sides) await warmUp(side, options.seconds);
  await options.afterWarmUp?.();
  const results = await takeTurns(sides, options.rounds, async (side, round) => {
    const measured = await measure(side, options.seconds, options.database);
    options.onProgress(`${title}: round ${round + 1}, ${side.name}: ${measured.perSecond.toFixed(0)}/s`);
    return measured;
  });
  return { title, columns: requestColumns, sides: results };
}

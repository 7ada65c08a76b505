import type { Child } from './child.ts';
import type { LoopResult } from './closed-loop.ts';
import { type DatabaseCpu, spentBetween } from './database-cpu.ts';

/** One way of doing the work. */
export interface Side {
  readonly name: string;
  /** The process whose CPU time counts. */
  readonly server: Child;
  /** Puts it under load for so long. */
  readonly load: (seconds: number) => Promise<LoopResult>;
}

/** What one side did in one round. CPU in milliseconds for each request. */
export interface Measured extends LoopResult {
  readonly serverCpu: number;
  readonly databaseCpu: number | undefined;
}

/** The rounds of one side, in their order. */
export interface SideResult {
  readonly name: string;
  readonly rounds: readonly Measured[];
}

/** One comparison: the first side is measured against each of the others. */
export interface Comparison {
  readonly title: string;
  readonly sides: readonly SideResult[];
}

async function measure(side: Side, seconds: number, database: DatabaseCpu): Promise<Measured> {
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

/**
 * Measures all sides in every round, one after the other and each round beginning with another one, so that whatever
 * else the machine does meets all of them alike. Each is warmed up before.
 */
export async function measureRounds(
  title: string,
  sides: readonly Side[],
  options: {
    rounds: number;
    seconds: number;
    database: DatabaseCpu;
    onProgress: (line: string) => void;
  },
): Promise<Comparison> {
  for (const side of sides) await side.load(options.seconds / 2);
  const results = sides.map(({ name }) => ({ name, rounds: [] as Measured[] }));
  for (let round = 0; round < options.rounds; round++) {
    for (let turn = 0; turn < sides.length; turn++) {
      const index = (round + turn) % sides.length;
      const side = sides[index];
      if (!side) continue;
      const measured = await measure(side, options.seconds, options.database);
      results[index]?.rounds.push(measured);
      options.onProgress(`${title}: round ${round + 1}, ${side.name}: ${measured.perSecond.toFixed(0)}/s`);
    }
  }
  return { title, sides: results };
}

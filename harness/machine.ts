import { availableParallelism, loadavg, totalmem } from 'node:os';

/** The machine of a run, as far as it matters to the figures and may be published. */
export interface Machine {
  readonly cores: number;
  readonly memoryGb: number;
  readonly platform: string;
  readonly node: string;
  readonly postgres: string;
  /** Mean number of runnable processes in the last five minutes of the run, including its own. */
  readonly load: number;
}

/** @param postgres the server's version */
export function describeMachine(postgres: string): Machine {
  return {
    cores: availableParallelism(),
    memoryGb: Math.round(totalmem() / 2 ** 30),
    platform: `${process.platform} ${process.arch}`,
    node: process.version,
    postgres,
    load: loadavg()[1] ?? NaN,
  };
}

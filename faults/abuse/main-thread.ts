import { readFileSync } from 'node:fs';

/** Scheduling times of a process's main thread so far, in milliseconds. */
export interface MainThread {
  /** On a CPU. */
  readonly ran: number;
  /** Ready to run, while other threads occupied the CPUs. */
  readonly waited: number;
}

/**
 * Linux: `Documentation/scheduler/sched-stats.rst`. @returns undefined where there is no such process, or no such file
 */
export function readMainThread(pid: number): MainThread | undefined {
  try {
    const [ran, waited] = readFileSync(`/proc/${pid}/task/${pid}/schedstat`, 'utf8').split(' ');
    return { ran: Number(ran) / 1e6, waited: Number(waited) / 1e6 };
  } catch {
    return undefined;
  }
}

const pageBytes = 4096;

/** @returns 0 where there is no such process */
export function readResidentBytes(pid: number): number {
  try {
    const [, resident] = readFileSync(`/proc/${pid}/statm`, 'utf8').split(' ');
    return Number(resident) * pageBytes;
  } catch {
    return 0;
  }
}

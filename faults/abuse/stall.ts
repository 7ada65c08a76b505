/** One question to a server, and how long its answer took. Times in milliseconds, of one clock. */
export interface Probe {
  readonly begun: number;
  readonly ended: number;
  /** Processor time that the server's main thread took meanwhile; undefined: not known. */
  readonly busyMs?: number | undefined;
}

const waitOf = ({ begun, ended }: Probe): number => ended - begun;

/** The longest wait; 0 without probes. */
export function worstWait(probes: readonly Probe[]): number {
  return probes.reduce((worst, probe) => Math.max(worst, waitOf(probe)), 0);
}

/**
 * The longest time for which the service alone kept a probe waiting. On a busy machine a wait says little: the prober, the network
 * and the scheduler wait as well. So a wait counts only as far as it is longer than the longest one at a bare server meanwhile,
 * and only as far as the service's main thread was running in it: an event loop that is held is a thread that runs.
 * @param bare probes of a bare server in another process, by the same prober
 */
export function worstStall(probes: readonly Probe[], bare: readonly Probe[]): number {
  let worst = 0;
  for (const probe of probes) {
    const most = Math.min(waitOf(probe), probe.busyMs ?? Infinity);
    if (most <= worst) continue;
    const beside = worstWait(bare.filter(({ begun, ended }) => begun <= probe.ended && ended >= probe.begun));
    worst = Math.max(worst, Math.min(waitOf(probe) - beside, most));
  }
  return worst;
}

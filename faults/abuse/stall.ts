/** One request to a server, and the duration until its answer. Times in milliseconds of one clock. */
export interface Probe {
  readonly begun: number;
  readonly ended: number;
  /** CPU time of the server's main thread meanwhile; undefined: unknown. */
  readonly busyMs?: number | undefined;
}

const waitOf = ({ begun, ended }: Probe): number => ended - begun;

/** The longest wait; 0 without probes. */
export function worstWait(probes: readonly Probe[]): number {
  return probes.reduce((worst, probe) => Math.max(worst, waitOf(probe)), 0);
}

/**
 * The longest wait of a probe that the service itself caused. On a busy machine a wait says little, because the prober,
 * the network and the scheduler wait as well. So a wait counts only as far as it exceeds the longest one at a bare
 * server meanwhile, and only as far as the service's main thread was running in it: a blocked event loop is a running
 * thread.
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

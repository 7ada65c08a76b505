import { eventually } from './eventually.ts';

const watched = new Set([
  'TCPSocketWrap',
  'TCPServerWrap',
  'PipeWrap',
  'Timeout',
  'Immediate',
  'ProcessWrap',
]);

function count(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const name of process.getActiveResourcesInfo()) {
    if (watched.has(name)) counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** The sockets of this process that are open, with both ends. */
function sockets(): string {
  const { libuv } = process.report.getReport() as { libuv: any[] };
  return libuv
    .filter(({ type, remoteEndpoint }) => type === 'tcp' && remoteEndpoint)
    .map(({ localEndpoint, remoteEndpoint, ...state }) => {
      const end = (of: any) => `${of.ip4 ?? of.ip6}:${of.port}`;
      const { is_active: isActive, readable, writable, writeQueueSize } = state;
      return `${end(localEndpoint)} to ${end(remoteEndpoint)} ${JSON.stringify({ isActive, readable, writable, writeQueueSize })}`;
    })
    .join('\n');
}

/**
 * Counts the resources that are open now.
 * @returns a check that fails when more sockets, servers, timers or processes are open than before
 */
export function watchForLeaks(): () => Promise<void> {
  const before = count();
  return async () => {
    let leaked: string[] = [];
    const settled = eventually(
      'open resources to be closed',
      () => {
        // Evaluated inside the probe, where the timer of the polling is not active.
        leaked = [...count()]
          .map(([name, now]) => ({ name, more: now - (before.get(name) ?? 0) }))
          .filter(({ more }) => more > 0)
          .map(({ name, more }) => `${more} × ${name}`);
        return leaked.length === 0;
      },
      20_000,
    );
    await settled.catch(() => {
      throw new Error(`Left open: ${leaked.join(', ')}\n${sockets()}`);
    });
  };
}

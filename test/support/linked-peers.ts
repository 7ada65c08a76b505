import type { Peers } from '../../src/workers/peers.ts';

/** Workers whose news reaches the others within the call, in one process. */
export function linkedPeers(workers: number): readonly Peers[] {
  const listeners = Array.from({ length: workers }, () => new Map<string, (news: unknown) => void>());
  return listeners.map((own) => ({
    workers,
    tell: (topic, news) => {
      const received: unknown = JSON.parse(JSON.stringify(news));
      for (const other of listeners) if (other !== own) other.get(topic)?.(received);
    },
    listen: (topic, listener) => void own.set(topic, listener),
    told: () => Promise.resolve(),
    nodeMetrics: () => Promise.resolve(''),
    onMetricsRequest: () => undefined,
  }));
}

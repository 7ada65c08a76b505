import type { Peers } from '../../src/platform/workers/peers.ts';
import { Permits } from '../../src/platform/workers/permits.ts';

/**
 * Workers whose news reaches the others within the call, in one process.
 * @param hashesAtOnce passwords that they hash at once, all together
 */
export function linkedPeers(workers: number, hashesAtOnce = 1): readonly Peers[] {
  const permits = new Permits(hashesAtOnce);
  const listeners = Array.from({ length: workers }, () => new Map<string, (news: unknown) => void>());
  return listeners.map((own, number) => ({
    workers,
    tell: (topic, news) => {
      const received: unknown = JSON.parse(JSON.stringify(news));
      for (const other of listeners) if (other !== own) other.get(topic)?.(received);
    },
    listen: (topic, listener) => void own.set(topic, listener),
    told: () => Promise.resolve(),
    mayHash: () =>
      new Promise((resolve) => permits.ask(number, () => resolve(() => permits.giveBack(number)))),
    nodeMetrics: () => Promise.resolve(''),
    onMetricsRequest: () => undefined,
  }));
}

import type { Pool } from 'pg';
import type { DataSource } from 'typeorm';
import type { HashingQueue } from '../auth/hashing-queue.ts';
import type { WorkShares } from '../db/work-shares.ts';
import type { Memory } from '../kept/memory.ts';
import type { Metrics, MetricSources } from '../metrics/metrics.ts';
import type { Holdings } from './holdings.ts';

/** What a node's metrics show of it. */
export interface ObservedNode {
  readonly connections: { count(kind: 'websocket' | 'event stream'): number };
  readonly dataSource: DataSource;
  readonly hub: { readonly size: ReturnType<MetricSources['feeds']> };
  readonly holdings: Holdings;
  readonly bodies: Holdings;
  readonly hashing: HashingQueue;
  readonly shares: WorkShares;
  readonly memory: Memory;
}

/** Has the metrics read a node's state at each scrape. */
export function observeNode(metrics: Metrics, node: ObservedNode): void {
  const pool = (node.dataSource.driver as unknown as { readonly master: Pool }).master;
  metrics.observe({
    sockets: () => node.connections.count('websocket'),
    eventStreams: () => node.connections.count('event stream'),
    feeds: () => node.hub.size,
    heldBytes: () => node.holdings.bytes + node.bodies.bytes,
    waitingPasswordHashes: () => node.hashing.waiting,
    pool: () => ({
      total: pool.totalCount,
      idle: pool.idleCount,
      // The pool hands over an idle connection a moment later, and counts until then who gets it as waiting.
      waiting: Math.max(0, pool.waitingCount - pool.idleCount),
    }),
    waiting: () => node.shares.waiting,
    memory: () => node.memory.state,
  });
}

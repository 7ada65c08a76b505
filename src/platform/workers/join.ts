import type { RateLimits } from '../auth/rate-limits.ts';
import type { Metrics } from '../metrics/metrics.ts';
import type { Peers } from './peers.ts';
import { shareRates } from './shared-rates.ts';

/** Makes a worker's app one of several: its clients are counted together, and `/metrics` shows the whole node. */
export function joinPeers(
  peers: Peers,
  { rates, metrics }: { readonly rates: RateLimits; readonly metrics: Metrics },
): void {
  if (rates.enabled) shareRates(rates, peers);
  peers.onMetricsRequest(() => metrics.values());
  metrics.showInstead(() => peers.nodeMetrics());
}

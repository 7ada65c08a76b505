import { frequentPolicies, type PolicyName, type RateLimits, type SiteTotal } from '../auth/rate-limits.ts';
import type { Peers } from './peers.ts';

const topic = 'rates';

/** What clients of one worker have taken from the policies, and which pairs of account and address it has recognised. */
interface RateNews {
  readonly taken: readonly (readonly [policy: PolicyName, key: string, points: number])[];
  /** What they have taken at all nodes, this worker's part included. */
  readonly learned: readonly (readonly [policy: PolicyName, key: string, total: SiteTotal])[];
  readonly recognised: readonly (readonly [account: string, address: string])[];
}

/** Least interval between two batches, and its growth with each worker, to whom the batch is forwarded. In milliseconds. */
const leastIntervalMs = 100;
const intervalPerWorkerMs = 10;

/**
 * Makes the workers of a node count together: each tells the others what it has counted. A worker decides by what it
 * knows and asks nobody, so that a request waits for no other process. A client that uses all workers at the same moment
 * may exceed a limit by what it takes until the others know; what it took is counted, and refused from then on. Policies
 * that every request takes from are told in batches, all others at once.
 */
export function shareRates(rates: RateLimits, peers: Peers): void {
  const taken = new Map<PolicyName, Map<string, number>>();
  let learned: [PolicyName, string, SiteTotal][] = [];
  let recognised: [string, string][] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const news: RateNews = {
      taken: [...taken].flatMap(([policy, byKey]) =>
        [...byKey].map(([key, points]) => [policy, key, points] as const),
      ),
      learned,
      recognised,
    };
    taken.clear();
    learned = [];
    recognised = [];
    peers.tell(topic, news);
  };
  rates.observe({
    taken: (policy, key, points) => {
      const byKey = taken.get(policy) ?? new Map<string, number>();
      taken.set(policy, byKey.set(key, (byKey.get(key) ?? 0) + points));
      if (!frequentPolicies.has(policy)) return flush();
      timer ??= setTimeout(flush, Math.max(leastIntervalMs, intervalPerWorkerMs * peers.workers)).unref();
    },
    learned: (policy, key, total) => {
      learned.push([policy, key, total]);
      flush();
    },
    recognised: (account, address) => {
      recognised.push([account, address]);
      flush();
    },
  });
  peers.listen(topic, (news) => {
    const told = news as RateNews;
    for (const [policy, key, points] of told.taken) rates.addTaken(policy, key, points);
    for (const [policy, key, total] of told.learned) void rates.learn(policy, key, total);
    for (const [account, address] of told.recognised) rates.addRecognised(account, address);
  });
}

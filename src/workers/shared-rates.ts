import type { PolicyName, RateLimits } from '../auth/rate-limits.ts';
import type { Peers } from './peers.ts';

const topic = 'rates';

/** What clients of one worker have taken from the policies, and which pairs of account and address it has recognised. */
interface RateNews {
  readonly taken: readonly (readonly [policy: PolicyName, key: string, points: number])[];
  readonly recognised: readonly (readonly [account: string, address: string])[];
}

/**
 * Policies that every request takes from, told in batches; all other takings are rare and expensive, and are told at
 * once.
 */
const frequent: ReadonlySet<PolicyName> = new Set(['requests', 'cost', 'documents']);

/** Least interval between two batches, and its growth with each worker, to whom the batch is forwarded. In milliseconds. */
const leastIntervalMs = 100;
const intervalPerWorkerMs = 10;

/**
 * Makes the workers of a node count together: each tells the others what it has counted. A worker decides by what it
 * knows and asks nobody, so that a request waits for no other process. A client that uses all workers at the same moment
 * may exceed a limit by what it takes until the others know; what it took is counted, and refused from then on.
 */
export function shareRates(rates: RateLimits, peers: Peers): void {
  const taken = new Map<PolicyName, Map<string, number>>();
  let recognised: [string, string][] = [];
  let timer: NodeJS.Timeout | undefined;
  const flush = (): void => {
    clearTimeout(timer);
    timer = undefined;
    const news: RateNews = {
      taken: [...taken].flatMap(([policy, byKey]) =>
        [...byKey].map(([key, points]) => [policy, key, points] as const),
      ),
      recognised,
    };
    taken.clear();
    recognised = [];
    peers.tell(topic, news);
  };
  rates.observe({
    taken: (policy, key, points) => {
      const byKey = taken.get(policy) ?? new Map<string, number>();
      taken.set(policy, byKey.set(key, (byKey.get(key) ?? 0) + points));
      if (!frequent.has(policy)) return flush();
      timer ??= setTimeout(flush, Math.max(leastIntervalMs, intervalPerWorkerMs * peers.workers)).unref();
    },
    recognised: (account, address) => {
      recognised.push([account, address]);
      flush();
    },
  });
  peers.listen(topic, (news) => {
    const told = news as RateNews;
    for (const [policy, key, points] of told.taken) rates.addTaken(policy, key, points);
    for (const [account, address] of told.recognised) rates.addRecognised(account, address);
  });
}

import { RedisBus } from '../../src/platform/events/redis-bus.ts';
import { Random } from '../../harness/random.ts';
import { around } from './around.ts';

/** Probabilities of faults of a hint. */
export interface HintFaults {
  readonly seed: number;
  readonly lost: number;
  readonly doubled: number;
  /** Arrives after hints that were sent later. */
  readonly late: number;
}

const longestDelayMs = 300;

let faults: HintFaults | undefined;
let random = new Random(0);

/** Makes hints between nodes as unreliable as a network and Redis Pub/Sub can be, from now on. */
export function spoilHints(wanted: HintFaults): void {
  if (faults === undefined) patch();
  faults = wanted;
  random = new Random(wanted.seed);
}

function patch(): void {
  around(RedisBus.prototype, 'hint', (hint) => {
    return function (this: RedisBus, ...args) {
      const { lost = 0, doubled = 0, late = 0 } = faults ?? {};
      if (random.chance(lost)) return;
      const send = (): void => hint.apply(this, args);
      if (random.chance(late)) setTimeout(send, random.next() * longestDelayMs).unref();
      else send();
      if (random.chance(doubled)) send();
    };
  });
}

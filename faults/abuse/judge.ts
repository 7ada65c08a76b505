/** Measurements of one attack. Times in milliseconds, sizes in bytes. */
export interface Measured {
  /** The longest time for which the service alone kept `/health/live` waiting. */
  readonly stall: number;
  /** The longest wait for `/health/ready`, as far as it is longer than there. */
  readonly ready: number;
  /** The longest waits of other people, as far as they are longer than at a node that nobody attacks. */
  readonly page: number;
  readonly post: number;
  readonly event: number;
  /** Requests of other people that failed. */
  readonly failed: number;
  /** The peak of resident memory above the level before the attack. */
  readonly grown: number;
  /** Growth of the heap that is left after the attack and a collection of garbage. */
  readonly kept: number;
  readonly largestAnswer: number;
}

/** The promised bounds, in the units of `Measured`. An answer takes `MAX_ANSWER_BYTES`, 8 MiB by default, and some framing. */
export const bounds: Measured = {
  stall: 100,
  ready: 200,
  page: 100,
  post: 100,
  event: 100,
  failed: 0,
  // Half of the heap that the service is given.
  grown: 512 * 2 ** 20,
  // Caches hold something.
  kept: 64 * 2 ** 20,
  largestAnswer: 8 * 2 ** 20 + 64 * 2 ** 10,
};

/** A stall is measured in processor time, which a busy machine stretches a little: caches and cores are shared. */
const mostStallLeeway = 2;

/** Measurements in which a busy machine has a part, however they are taken. */
export const waits: ReadonlySet<keyof Measured> = new Set(['ready', 'page', 'post', 'event', 'failed']);

/** A bound that was passed. */
export interface Passed {
  readonly of: keyof Measured;
  readonly text: string;
}

const megabytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MB`;
const milliseconds = (ms: number): string => `${Math.round(ms)} ms`;

/** Sentences for the measurements, each with the measured value and its bound. */
const sentences: Readonly<Record<keyof Measured, (value: number, bound: number) => string>> = {
  stall: (value, bound) => `/health/live was kept waiting for ${milliseconds(value)} of ${bound}`,
  ready: (value, bound) => `/health/ready took ${milliseconds(value)} of ${bound}`,
  page: (value, bound) => `another client's page took ${milliseconds(value)} of ${bound}`,
  post: (value, bound) => `another client's comment took ${milliseconds(value)} of ${bound}`,
  event: (value, bound) => `another client's event took ${milliseconds(value)} of ${bound}`,
  failed: (value) => `${value} requests of other clients failed`,
  grown: (value, bound) => `memory grew by ${megabytes(value)} of ${megabytes(bound)}`,
  kept: (value, bound) => `${megabytes(value)} of ${megabytes(bound)} stayed in the heap`,
  largestAnswer: (value, bound) => `an answer had ${megabytes(value)} of ${megabytes(bound)}`,
};

/**
 * The part of a wait that is the attacked node's own: as far as it is longer than twice the longest one at a node that nobody attacks.
 * Twice, since the longest of some waits on a busy machine is now this and now that.
 */
export const beyondControl = (wait: number, atControl: number): number => Math.max(0, wait - 2 * atControl);

function leewayOf(name: keyof Measured, leeway: number): number {
  if (name === 'stall') return Math.min(leeway, mostStallLeeway);
  return waits.has(name) ? leeway : 1;
}

/**
 * @param leeway how many times longer than promised things may take
 * @returns the bounds that were passed
 */
export function judge(measured: Measured, leeway: number): Passed[] {
  return (Object.keys(bounds) as (keyof Measured)[]).flatMap((name) => {
    const bound = bounds[name] * leewayOf(name, leeway);
    return measured[name] <= bound ? [] : [{ of: name, text: sentences[name](measured[name], bound) }];
  });
}

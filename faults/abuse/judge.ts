/** Measurements of one attack. Times in milliseconds, sizes in bytes. */
export interface Measured {
  /** The longest wait for `/health/live` that the service itself caused. */
  readonly stall: number;
  /** The longest wait for `/health/ready`, as far as it exceeds the wait at the control node. */
  readonly ready: number;
  /** The longest waits of other clients, as far as they exceed the waits at the control node, which is not attacked. */
  readonly page: number;
  readonly post: number;
  readonly event: number;
  /** Failed requests of other clients. */
  readonly failed: number;
  /** Peak of resident memory above the level before the attack. */
  readonly grown: number;
  /** Growth of the heap that remains after the attack and a garbage collection. */
  readonly kept: number;
  readonly largestAnswer: number;
}

/** The promised bounds, in the units of `Measured`. An answer takes `MAX_ANSWER_BYTES`, 8 MiB by default, and some framing. */
export const bounds: Measured = {
  stall: 100,
  ready: 200,
  // Like readiness: these wait for the database as well, which shares the machine's cores with service and attackers.
  page: 200,
  post: 200,
  event: 200,
  failed: 0,
  // Half of the service's maximum heap.
  grown: 512 * 2 ** 20,
  // Room for caches.
  kept: 64 * 2 ** 20,
  largestAnswer: 8 * 2 ** 20 + 64 * 2 ** 10,
};

/**
 * A stall is measured in CPU time, which a busy machine stretches only a little, because caches and cores are shared.
 */
const mostStallLeeway = 2;

/** Measurements that a busy machine affects, however they are taken. */
export const waits: ReadonlySet<keyof Measured> = new Set(['ready', 'page', 'post', 'event', 'failed']);

/** A bound that was exceeded. */
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
 * The part of a wait that the attacked node itself causes: as far as it exceeds twice the longest wait at the control
 * node, which is not attacked. Twice, because the longest of a few waits varies by chance on a busy machine.
 */
export const beyondControl = (wait: number, atControl: number): number => Math.max(0, wait - 2 * atControl);

function leewayOf(name: keyof Measured, leeway: number): number {
  if (name === 'stall') return Math.min(leeway, mostStallLeeway);
  return waits.has(name) ? leeway : 1;
}

/**
 * @param leeway the factor by which promised times may be exceeded
 * @returns the bounds that were exceeded
 */
export function judge(measured: Measured, leeway: number): Passed[] {
  return (Object.keys(bounds) as (keyof Measured)[]).flatMap((name) => {
    const bound = bounds[name] * leewayOf(name, leeway);
    return measured[name] <= bound ? [] : [{ of: name, text: sentences[name](measured[name], bound) }];
  });
}

/** Amount of data of a run. */
export interface DataSize {
  readonly accounts: number;
  readonly journalists: number;
  readonly articles: number;
  readonly comments: number;
  /** Number of comments under the most discussed article. */
  readonly longestThread: number;
  /** Numbers of comments under each article, the longest thread first; absent: many have few, few have many. */
  readonly threads?: readonly number[];
  readonly endorsements: number;
}

function threadsOf(...threads: readonly [number, ...number[]]): DataSize {
  return {
    accounts: 1000,
    journalists: 2,
    articles: threads.length,
    comments: threads.reduce((sum, length) => sum + length),
    longestThread: threads[0],
    threads,
    endorsements: 100,
  };
}

/** `full` is the size of published figures; `small` verifies within seconds that everything works. */
export const dataSizes = {
  full: {
    accounts: 5000,
    journalists: 100,
    articles: 2000,
    comments: 200_000,
    longestThread: 20_000,
    endorsements: 50_000,
  },
  small: {
    accounts: 60,
    journalists: 5,
    articles: 40,
    comments: 2500,
    longestThread: 400,
    endorsements: 800,
  },
} as const satisfies Record<string, DataSize>;

/** A few articles whose threads differ by a factor of ten each. */
export const threadSizes: Readonly<Record<keyof typeof dataSizes, DataSize>> = {
  full: threadsOf(100_000, 10_000, 1000, 100),
  small: threadsOf(1000, 100),
};

/**
 * Distributes `total` over `count` places, the first ones getting the most: a few articles have most of the discussion.
 * @returns `count` whole numbers that add up to `total`
 */
export function skewedShares(total: number, count: number): number[] {
  const weights = Array.from({ length: count }, (_, rank) => 1 / (rank + count / 20));
  const sum = weights.reduce((a, b) => a + b, 0);
  let given = 0;
  let weighed = 0;
  return weights.map((weight) => {
    weighed += weight;
    const share = Math.round((total * weighed) / sum) - given;
    given += share;
    return share;
  });
}

/** The discussion under one article. */
export interface ThreadSize {
  readonly comments: number;
  /** Upper bound of the comments under one root: the more there are, the deeper are the replies. */
  readonly longest: number;
}

/** Amount of data of a run. */
export interface DataSize {
  readonly accounts: number;
  readonly journalists: number;
  readonly articles: number;
  readonly comments: number;
  /** Number of comments under the most discussed article. */
  readonly longestThread: number;
  /** The discussion under each article, the longest first; absent: many have few comments, few have many. */
  readonly threads?: readonly ThreadSize[];
  readonly endorsements: number;
}

function threadsOf(...threads: readonly [ThreadSize, ...ThreadSize[]]): DataSize {
  return {
    accounts: 1000,
    journalists: 2,
    articles: threads.length,
    comments: threads.reduce((sum, { comments }) => sum + comments, 0),
    longestThread: threads[0].comments,
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

/** Most comments under one root in threads of all lengths: they are equally deep then, on average at depth three. */
export const shallow = 50;

const several = (count: number, thread: ThreadSize): ThreadSize[] =>
  Array.from({ length: count }, () => thread);

/**
 * A few articles whose threads differ by a factor of ten each, and in nothing else, and one whose comments are deeper. There are
 * several of the short ones, since a single one may be unlike the others.
 */
export const threadSizes: Readonly<Record<keyof typeof dataSizes, DataSize>> = {
  full: threadsOf(
    { comments: 100_000, longest: shallow },
    { comments: 10_000, longest: shallow },
    { comments: 10_000, longest: 5000 },
    ...several(5, { comments: 1000, longest: shallow }),
    ...several(20, { comments: 100, longest: shallow }),
  ),
  small: threadsOf(
    { comments: 1000, longest: shallow },
    { comments: 1000, longest: 500 },
    ...several(10, { comments: 100, longest: shallow }),
  ),
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

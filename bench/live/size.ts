import type { dataSizes } from '../../harness/data/size.ts';

/** Numbers of subscribers and events in each part of the live bench. */
export interface LiveSize {
  /** Subscribers of one article for each comparison of delivery costs. */
  readonly delivery: readonly number[];
  readonly latency: number;
  readonly memory: number;
  readonly comeBack: number;
  /** Events that each reconnecting subscriber has missed. */
  readonly missed: number;
  /** Watched articles, and the subscribers of each. */
  readonly watched: number;
  readonly subscribersOfEach: number;
  readonly unwatched: number;
  /** Articles of the site's stream, and comments per second over them. */
  readonly siteArticles: number;
  readonly sitePerSecond: number;
}

export const liveSizes: Readonly<Record<keyof typeof dataSizes, LiveSize>> = {
  full: {
    delivery: [2000, 5000],
    latency: 1000,
    memory: 5000,
    comeBack: 5000,
    missed: 500,
    watched: 300,
    subscribersOfEach: 10,
    unwatched: 1000,
    siteArticles: 1000,
    sitePerSecond: 500,
  },
  small: {
    delivery: [12],
    latency: 10,
    memory: 20,
    comeBack: 10,
    missed: 20,
    watched: 5,
    subscribersOfEach: 2,
    unwatched: 10,
    siteArticles: 10,
    sitePerSecond: 50,
  },
};

/** The same with numbers of subscribers multiplied, at least two of each. */
export function scaled(size: LiveSize, scale: number): LiveSize {
  const of = (subscribers: number) => Math.max(2, Math.round(subscribers * scale));
  return {
    ...size,
    delivery: size.delivery.map(of),
    latency: of(size.latency),
    memory: of(size.memory),
    comeBack: of(size.comeBack),
  };
}

/** Options for opening a page. */
export interface Visit {
  readonly side: 'page' | 'bare';
  readonly isSignedIn: boolean;
  /** Appended to the article's URL. */
  readonly hash?: string;
  /** Initial lines of the bare page. */
  readonly lines?: number;
  /** CPU throttling factor of Chromium. */
  readonly slowdown?: number;
  /** Whether the network is that of a phone with a bad connection. */
  readonly isSlowNetwork?: boolean;
}

/** The two sides of the comparison. */
export const sides = [
  { name: 'Standfirst', side: 'page' },
  { name: 'bare page', side: 'bare' },
] as const satisfies readonly { name: string; side: Visit['side'] }[];

/** CPU slowdown of a mid-range phone, as in Lighthouse. */
export const phoneSlowdown = 4;

/** Lighthouse's "slow 4G", in Chromium's units: milliseconds and bytes per second. */
export const slowNetwork = {
  offline: false,
  latency: 150,
  downloadThroughput: 1_600_000 / 8,
  uploadThroughput: 750_000 / 8,
} as const;

/** Suffix of a comparison's title. */
export const onDevice = (slowdown: number, isSlowNetwork = false): string =>
  (isSlowNetwork ? ', 1.6 Mbit/s' : '') + (slowdown > 1 ? `, ${slowdown} times slower processor` : '');

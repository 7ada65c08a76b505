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
}

/** The two sides of the comparison. */
export const sides = [
  { name: 'Standfirst', side: 'page' },
  { name: 'bare page', side: 'bare' },
] as const satisfies readonly { name: string; side: Visit['side'] }[];

/** CPU slowdown of a mid-range phone, as in Lighthouse. */
export const phoneSlowdown = 4;

/** Suffix of a comparison's title. */
export const onDevice = (slowdown: number): string =>
  slowdown > 1 ? `, ${slowdown} times slower processor` : '';

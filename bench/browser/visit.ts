/** How one looks at a page. */
export interface Visit {
  readonly side: 'page' | 'bare';
  readonly isSignedIn: boolean;
  /** Behind the article's address. */
  readonly hash?: string;
  /** The bare page's lines at the beginning. */
  readonly lines?: number;
  /** How many times slower Chromium makes its processor. */
  readonly slowdown?: number;
}

/** What is compared. */
export const sides = [
  { name: 'Standfirst', side: 'page' },
  { name: 'bare page', side: 'bare' },
] as const satisfies readonly { name: string; side: Visit['side'] }[];

/** By how much a mid-range phone's processor is slower, as Lighthouse has it. */
export const phoneSlowdown = 4;

/** Behind a comparison's title. */
export const onDevice = (slowdown: number): string =>
  slowdown > 1 ? `, ${slowdown} times slower processor` : '';

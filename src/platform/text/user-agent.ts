/** The program and the system that a `User-Agent` names. */
export interface NamedProgram {
  /** A browser of the table below, else the name with which the text begins; null: neither is there. */
  readonly browser: string | null;
  readonly system: string | null;
  /** Whether `browser` is of the table: the client has not chosen that text. */
  readonly isKnownBrowser: boolean;
}

/** Characters of a `User-Agent` that are looked at and kept. */
export const maxUserAgentLength = 200;

/** Tried in order: most browsers also name those that they want to be taken for. */
const browsers: readonly (readonly [RegExp, string])[] = [
  [/\bEdgA?(iOS)?\//, 'Edge'],
  [/\bOPR\/|\bOpera\//, 'Opera'],
  [/\bSamsungBrowser\//, 'Samsung Internet'],
  [/\bVivaldi\//, 'Vivaldi'],
  [/\b(Firefox|FxiOS)\//, 'Firefox'],
  [/\b(Headless)?Chrom(e|ium)\/|\bCriOS\//, 'Chrome'],
  [/\bVersion\/.*\bSafari\//, 'Safari'],
];

const systems: readonly (readonly [RegExp, string])[] = [
  [/\biPhone\b/, 'iPhone'],
  [/\biPad\b/, 'iPad'],
  [/\bAndroid\b/, 'Android'],
  [/\bCrOS\b/, 'ChromeOS'],
  [/\bWindows\b/, 'Windows'],
  [/\bMacintosh\b|\bMac OS X\b/, 'macOS'],
  [/\bLinux\b|\bX11\b/, 'Linux'],
];

const nameIn = (names: typeof browsers, text: string): string | undefined =>
  names.find(([pattern]) => pattern.test(text))?.[1];

/** Names the program behind a `User-Agent`, of which it reads the first 200 characters. */
export function programOf(userAgent: string | null): NamedProgram {
  const text = userAgent?.slice(0, maxUserAgentLength) ?? '';
  const known = nameIn(browsers, text);
  // Programs that are no browsers begin with their own name: curl/8.5.0.
  const [, own] = /^([\w .-]{1,40}?)(\/|$)/.exec(text) ?? [];
  const browser = known ?? (own === 'Mozilla' ? undefined : own);
  return {
    browser: browser ?? null,
    system: nameIn(systems, text) ?? null,
    isKnownBrowser: known !== undefined,
  };
}

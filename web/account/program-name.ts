import { accountTexts } from './texts.ts';

/** Tried in order: most browsers also name those that they want to be taken for. */
const programs: readonly (readonly [RegExp, string])[] = [
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

const nameIn = (names: typeof programs, userAgent: string): string | undefined =>
  names.find(([pattern]) => pattern.test(userAgent))?.[1];

/** Names the program of a session for its owner, by the `User-Agent` of its sign-in. */
export function programName(userAgent: string | null): string {
  if (userAgent === null) return accountTexts.unknownProgram;
  // Programs that are no browsers begin with their own name: curl/8.5.0.
  const [, own] = /^([\w .-]{1,40}?)(\/|$)/.exec(userAgent) ?? [];
  const program = nameIn(programs, userAgent) ?? (own === 'Mozilla' ? undefined : own);
  const system = nameIn(systems, userAgent);
  if (program === undefined) return system ?? accountTexts.unknownProgram;
  return system === undefined ? program : accountTexts.programOn(program, system);
}

import { programOf } from '../../src/platform/text/user-agent.ts';
import { accountTexts } from './texts.ts';

/** Names a program for its owner. */
export function namedProgram({
  browser,
  system,
}: {
  readonly browser: string | null;
  readonly system: string | null;
}): string {
  if (browser === null) return system ?? accountTexts.unknownProgram;
  return system === null ? browser : accountTexts.programOn(browser, system);
}

/** Names the program behind a `User-Agent`. */
export const programName = (userAgent: string | null): string => namedProgram(programOf(userAgent));

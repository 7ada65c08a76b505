import type { Comparison } from '../measure/rounds.ts';
import { type BenchOptions, type BrowserPart, browserParts } from '../options.ts';
import { benchArrivals, benchWhole } from './arrivals.bench.ts';
import { benchInput } from './input.bench.ts';
import { benchLoad } from './load.bench.ts';
import { profileArrivals } from './profile-page.ts';
import { BrowserStage } from './stage.ts';

const parts: Readonly<Record<BrowserPart, (stage: BrowserStage) => Promise<Comparison[]>>> = {
  load: benchLoad,
  arrivals: benchArrivals,
  whole: benchWhole,
  input: benchInput,
};

/**
 * Compares the readers' page in Chromium, on the article with the longest thread, with a bare page of the same content.
 */
export function benchBrowser(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  return BrowserStage.with(databaseUrl, { options, onProgress }, async (stage) => {
    const comparisons: Comparison[] = [];
    for (const part of browserParts)
      if (options.parts.includes(part)) comparisons.push(...(await parts[part](stage)));
    return comparisons;
  });
}

/** Profiles the page while events arrive. */
export function profileBrowser(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<string> {
  return BrowserStage.with(databaseUrl, { options, onProgress }, profileArrivals);
}

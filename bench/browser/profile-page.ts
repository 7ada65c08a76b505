import { readFile } from 'node:fs/promises';
import { type SourceMapPayload, SourceMap } from 'node:module';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { type CpuProfile, profileText } from '../profile.ts';
import { measureArrivals } from './arrivals.ts';
import { pageRoot } from './build-page.ts';
import type { BrowserStage } from './stage.ts';

/** Replaces the places of functions in the served files by those in the source files of their packages. */
async function writtenPlaces(profile: CpuProfile): Promise<CpuProfile> {
  const maps = new Map<string, SourceMap>();
  for (const { callFrame } of profile.nodes) {
    const { url } = callFrame;
    if (!url.endsWith('.js') || maps.has(url)) continue;
    const file = join(pageRoot, 'assets', `${basename(url)}.map`);
    maps.set(url, new SourceMap(JSON.parse(await readFile(file, 'utf8')) as SourceMapPayload));
  }
  const assets = pathToFileURL(join(pageRoot, 'assets/')).href;
  return {
    ...profile,
    nodes: profile.nodes.map((node) => {
      const { url, lineNumber, columnNumber = 0 } = node.callFrame;
      const entry = maps.get(url)?.findEntry(lineNumber, columnNumber);
      if (!entry || !('originalSource' in entry)) return node;
      const written = new URL(entry.originalSource, assets).href;
      return { ...node, callFrame: { ...node.callFrame, url: written, lineNumber: entry.originalLine } };
    }),
  };
}

/** Profiles the page at each position in the thread while others write. @returns Markdown */
export async function profileArrivals(stage: BrowserStage): Promise<string> {
  const { size } = stage;
  const texts: string[] = [];
  for (const [name, comments, isScrolling] of [
    ['reading at the top', 0, false],
    [`reading amid ${size.loaded} loaded`, size.loaded, false],
    [`scrolling amid ${size.loaded} loaded`, size.loaded, true],
    ['reading amid all loaded', Infinity, false],
  ] as const) {
    const tab = await stage.openThread({ side: 'page', isSignedIn: true, comments });
    try {
      await tab.cdp.send('Profiler.enable');
      await tab.cdp.send('Profiler.setSamplingInterval', { interval: 200 });
      await tab.cdp.send('Profiler.start');
      const { script } = await measureArrivals(stage, tab, isScrolling);
      const { profile } = await tab.cdp.send('Profiler.stop');
      const title = `Where the page’s time goes: ${name}, scripting ${script?.toFixed(0)} ms/s`;
      texts.push(profileText(title, await writtenPlaces(profile as CpuProfile)));
    } finally {
      await tab.context.close();
    }
  }
  return texts.join('\n\n');
}

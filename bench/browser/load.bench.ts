import { type Comparison, type Figures, takeTurns } from '../measure/rounds.ts';
import { readProbe, waitUntil } from './probe.ts';
import type { BrowserStage, Tab } from './stage.ts';
import { onDevice, phoneSlowdown, sides, type Visit } from './visit.ts';

const columns = [
  { key: 'fcp', name: 'first content ms', digits: 0 },
  { key: 'lcp', name: 'largest content ms', digits: 0 },
  { key: 'cls', name: 'layout shift', digits: 3 },
  { key: 'live', name: 'thread live ms', digits: 0 },
  { key: 'target', name: 'comment in view ms', digits: 0 },
  { key: 'scriptKb', name: 'JS KB', digits: 1 },
  { key: 'allKb', name: 'all KB', digits: 1 },
  { key: 'requests', name: 'requests', digits: 0 },
];

/** A phone with a bad connection. */
const phone = { slowdown: phoneSlowdown, isSlowNetwork: true };

/** Time after the last measured event in which a larger content may still be painted. */
const settleMs = 300;

/** Counts bytes on the wire, compressed and with headers; a WebSocket counts as a request without bytes. */
async function countBytes({ cdp }: Tab): Promise<{ script: number; all: number; requests: number }> {
  const counted = { script: 0, all: 0, requests: 0 };
  const scripts = new Set<string>();
  await cdp.send('Network.enable');
  cdp.on('Network.requestWillBeSent', () => counted.requests++);
  cdp.on('Network.webSocketCreated', () => counted.requests++);
  cdp.on('Network.responseReceived', ({ requestId, type }) => {
    if (type === 'Script') scripts.add(requestId);
  });
  cdp.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    counted.all += encodedDataLength;
    if (scripts.has(requestId)) counted.script += encodedDataLength;
  });
  return counted;
}

async function load(stage: BrowserStage, visit: Visit): Promise<Figures> {
  const tab = await stage.open(visit);
  const { context, page, address } = tab;
  try {
    const counted = await countBytes(tab);
    await page.goto(address);
    await waitUntil(page, `probe.live > 0 && (location.hash === '' || probe.target > 0)`);
    await page.waitForTimeout(settleMs);
    const { fcp, lcp, cls, live, target } = await readProbe(page);
    return {
      fcp,
      lcp,
      cls,
      live,
      target: target > 0 ? target : undefined,
      scriptKb: counted.script / 1000,
      allKb: counted.all / 1000,
      requests: counted.requests,
    };
  } finally {
    await context.close();
  }
}

/**
 * Measures loading from an empty cache to a live thread, for the article's URL and for that of a comment in the middle.
 */
export async function benchLoad(stage: BrowserStage): Promise<Comparison[]> {
  const { onProgress, options, size, thread } = stage;
  const places = [
    { name: 'an article', hash: '' },
    { name: 'a comment in the middle', hash: `#comment-${thread.middleId}` },
  ];
  const comparisons: Comparison[] = [];
  for (const { name, hash } of places) {
    for (const device of [...size.slowdowns.map((slowdown) => ({ slowdown })), phone]) {
      const { slowdown, isSlowNetwork } = { isSlowNetwork: false, ...device };
      const title = `browser: ${name} is opened${onDevice(slowdown, isSlowNetwork)}`;
      const results = await takeTurns(sides, options.rounds, async ({ name, side }, round) => {
        const figures = await load(stage, { side, isSignedIn: false, hash, slowdown, isSlowNetwork });
        onProgress(`${title}: round ${round + 1}, ${name}: ${figures.live?.toFixed(0)} ms`);
        return figures;
      });
      const shown = columns.filter(({ key }) => hash !== '' || key !== 'target');
      comparisons.push({ title, columns: shown, sides: results });
    }
  }
  return comparisons;
}

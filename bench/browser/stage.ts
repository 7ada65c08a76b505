import { type Browser, type BrowserContext, type CDPSession, type Page } from 'playwright-core';
import { encodeGlobalId } from '../../src/platform/graphql/global-id.ts';
import { launchBrowser } from '../../harness/chromium.ts';
import { Random } from '../../harness/random.ts';
import { onConnection } from '../../harness/database.ts';
import { startService } from '../../harness/processes/service.ts';
import type { BenchOptions } from '../options.ts';
import { openSessions, type SignedIn } from '../../harness/sessions.ts';
import type { BareSettings } from './bare-page.ts';
import { barePath, buildPage, pageRoot } from './build-page.ts';
import { Events } from './events.ts';
import { type Asked, overhear } from './overhear.ts';
import { loadedRows, probeScript } from './probe.ts';
import { type BrowserSize, browserSizes } from './size.ts';
import { readThread, type Thread } from './thread.ts';
import { slowNetwork, type Visit } from './visit.ts';

/** An open page. */
export interface Tab {
  readonly context: BrowserContext;
  readonly page: Page;
  readonly cdp: CDPSession;
}

/** Constructor options of a stage. */
interface Props {
  readonly options: BenchOptions;
  readonly onProgress: (line: string) => void;
  readonly thread: Thread;
  readonly events: Events;
  readonly browser: Browser;
  /** URL of the service. */
  readonly url: string;
  readonly reader: SignedIn;
  readonly asked: Asked;
}

/** A service with the page, a browser, and a signed-in reader. */
export class BrowserStage {
  readonly options: BenchOptions;
  readonly size: BrowserSize;
  readonly thread: Thread;
  readonly events: Events;
  readonly onProgress: (line: string) => void;
  readonly #props: Props;

  private constructor(props: Props) {
    this.options = props.options;
    this.onProgress = props.onProgress;
    this.size = browserSizes[props.options.sizeName];
    this.thread = props.thread;
    this.events = props.events;
    this.#props = props;
  }

  static async with<T>(
    databaseUrl: string,
    run: Pick<Props, 'options' | 'onProgress'>,
    work: (stage: BrowserStage) => Promise<T>,
  ): Promise<T> {
    const { options, onProgress } = run;
    await buildPage(options.profile);
    const thread = await readThread(databaseUrl);
    const [reader, ...writers] = await onConnection(databaseUrl, (client) => openSessions(client, 31));
    if (!reader) throw new Error('There are no accounts');
    const closers: (() => Promise<unknown>)[] = [];
    try {
      const { url, process } = await startService('Standfirst', databaseUrl, {
        program: 'bench/browser/page-service',
        poolSize: options.poolSize,
        env: { RATE_LIMITS: 'off', PAGE_ROOT: pageRoot },
      });
      closers.push(() => process.stop());
      const browser = await launchBrowser();
      closers.push(() => browser.close());
      onProgress(`Chromium ${browser.version()}`);
      const events = new Events({ url, ...thread, writers, random: new Random(options.seed) });
      closers.push(() => events.close());
      const asked = await overhear(browser, `${url}/articles/${thread.slug}`);
      return await work(new BrowserStage({ ...run, thread, events, browser, url, reader, asked }));
    } finally {
      for (const close of closers.reverse()) await close();
    }
  }

  /** Opens a window with an empty cache, without navigating. */
  async open(visit: Visit): Promise<Tab & { address: string }> {
    const { browser, thread, url } = this.#props;
    const { side, isSignedIn, hash = '', slowdown = 1, isSlowNetwork = false } = visit;
    const isPhone = slowdown > 1;
    const viewport = isPhone ? { width: 412, height: 915 } : { width: 1280, height: 800 };
    const context = await browser.newContext({
      viewport,
      // The bare page is served as a file, whose Content-Security-Policy forbids all requests.
      bypassCSP: side === 'bare',
    });
    const page = await context.newPage();
    page.setDefaultTimeout(20_000);
    page.on('pageerror', ({ message }) => this.onProgress(`the page threw: ${message}`));
    page.on('console', (message) => {
      // Portraits are on hosts that do not exist.
      if (message.type() === 'error' && !message.text().includes('ERR_NAME_NOT_RESOLVED'))
        this.onProgress(`the page says: ${message.text()}`);
    });
    await context.addInitScript(side === 'page' ? this.#session(isSignedIn) : this.#settings(visit));
    await context.addInitScript(probeScript);
    const cdp = await context.newCDPSession(page);
    await cdp.send('Performance.enable');
    if (isPhone) await cdp.send('Emulation.setCPUThrottlingRate', { rate: slowdown });
    if (isSlowNetwork) {
      await cdp.send('Network.enable');
      await cdp.send('Network.emulateNetworkConditions', slowNetwork);
    }
    const address = url + (side === 'page' ? `/articles/${thread.slug}` : barePath) + hash;
    return { context, page, cdp, address };
  }

  /** A script that stores the session of a signed-in reader. */
  #session(isSignedIn: boolean): string {
    if (!isSignedIn) return '';
    const expiresAt = new Date(Date.now() + 80_000_000).toISOString();
    const { token, accountId } = this.#props.reader;
    const viewerId = encodeGlobalId('Viewer', accountId);
    const session = { accessToken: token, refreshToken: 'none', expiresAt, viewerId };
    return `localStorage.setItem('standfirst.session', ${JSON.stringify(JSON.stringify(session))})`;
  }

  /** A script with the requests and settings of the bare page. */
  #settings({ isSignedIn, hash = '', lines = 0 }: Visit): string {
    const { asked, reader } = this.#props;
    const variables = { ...asked.page.variables, around: hash.replace('#comment-', '') || null };
    const token = isSignedIn ? reader.token : undefined;
    const settings: BareSettings = { ...asked, page: { ...asked.page, variables }, token, lines };
    return `globalThis.bareSettings = ${JSON.stringify(settings)}`;
  }

  /**
   * Opens a page at the top of its thread, live, with a number of comments loaded, and scrolls to the middle of them.
   */
  async openThread(visit: Visit & { readonly comments: number }): Promise<Tab> {
    // Loads at full speed, because the measurement follows later.
    const tab = await this.open({ ...visit, lines: visit.comments });
    const { page, cdp } = tab;
    await cdp.send('Emulation.setCPUThrottlingRate', { rate: 1 });
    await page.goto(tab.address);
    await page.locator('.live-mark.is-live').waitFor({ state: 'attached' });
    await page.locator('.thread-rows .thread-row').first().waitFor();
    if (visit.comments > 0) {
      if (visit.side === 'page') await scrollUntil(page, visit.comments);
      await toTheMiddle(page);
    } else await jump(page, `document.querySelector('.thread-rows').scrollIntoView()`);
    if (visit.slowdown !== undefined)
      await cdp.send('Emulation.setCPUThrottlingRate', { rate: visit.slowdown });
    return tab;
  }
}

/** Scrolls, and waits until the effects are over. */
async function jump(page: Page, expression: string): Promise<void> {
  await page.evaluate(expression);
  await page.waitForTimeout(700);
}

/** Scrolls to the middle of the loaded rows. */
export const toTheMiddle = (page: Page): Promise<void> =>
  jump(page, 'scrollTo(0, document.documentElement.scrollHeight / 2)');

/** Scrolls to the end until enough rows are loaded or no more come. @returns the number of loaded rows */
export async function scrollUntil(page: Page, comments: number, withinMs = 300_000): Promise<number> {
  const end = performance.now() + withinMs;
  let [loaded, calm] = [0, 0];
  // Loading a page takes a request and some animation frames.
  while (loaded < comments && calm < 200 && performance.now() < end) {
    await page.evaluate('scrollTo({ top: document.documentElement.scrollHeight, behavior: "instant" })');
    await page.waitForTimeout(20);
    const now = await loadedRows(page);
    calm = now > loaded ? 0 : calm + 1;
    loaded = Math.max(loaded, now);
  }
  return loaded;
}

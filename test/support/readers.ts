import { afterAll, beforeAll } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { type Shared, type TestApp, type TestUser, useApp } from './app.ts';
import { launchShell, type PageRecord, recordPage } from './browser.ts';
import { buildPage } from './program.ts';

const root = join(import.meta.dirname, '../..');
const artefacts = join(root, 'test-artefacts/page');

/** The browser's message about an external picture that cannot be loaded, as on a machine without internet access. */
const isForeign = (problem: string): boolean => problem.includes('ERR_NAME_NOT_RESOLVED');

/** A response that is held back. */
export interface Held {
  /** Resolves when the service has answered; the page has not received the response yet. */
  readonly isAnswered: Promise<unknown>;
  letGo(): void;
}

/** One browser context with one reader. */
export class BrowserReader {
  readonly page: Page;
  readonly #record: PageRecord;

  constructor(page: Page) {
    this.page = page;
    this.#record = recordPage(page);
    page.setDefaultTimeout(60_000);
  }

  /** Everything that a user would call broken, except failures that need the internet. */
  get problems(): string[] {
    return this.#record.problems.filter((problem) => !isForeign(problem));
  }

  get requests(): readonly string[] {
    return this.#record.requests;
  }

  /** Each displayed comment is an `article` element. */
  comment(text: string): Locator {
    return this.page.locator('.thread-rows article', { hasText: text });
  }

  /** Waits until the page is live. */
  async isLive(): Promise<void> {
    await this.page.locator('.live-mark.is-live').waitFor();
  }

  /** Posts a root comment. */
  async say(text: string): Promise<void> {
    await this.page.getByLabel('Your comment').fill(text);
    await this.page.getByRole('button', { name: 'Comment', exact: true }).click();
  }

  async replyTo(comment: string, text: string): Promise<void> {
    const parent = this.comment(comment);
    await parent.getByRole('button', { name: 'Reply' }).click();
    await parent.getByLabel('Your reply').fill(text);
    await parent.locator('form').getByRole('button', { name: 'Reply' }).click();
  }

  /**
   * Holds back the next response to an operation.
   * @param isSent whether the request reaches the service; otherwise it is lost
   */
  async hold(operation: string, isSent = true): Promise<Held> {
    const gate = new EventEmitter();
    const isAnswered = once(gate, 'answered', { signal: AbortSignal.timeout(60_000) });
    const isReleased = once(gate, 'released');
    // An error is for whoever waits for the answer.
    for (const each of [isAnswered, isReleased]) each.catch(() => undefined);
    let isHeld = false;
    await this.page.route('**/graphql', async (route) => {
      if (isHeld || !(route.request().postData() ?? '').includes(operation)) return route.fallback();
      isHeld = true;
      if (!isSent) return;
      try {
        const response = await route.fetch();
        gate.emit('answered');
        await isReleased;
        await route.fulfill({ response });
      } catch (error) {
        // Once it is answered, the page may have aborted the request.
        if (gate.listenerCount('error') > 0) gate.emit('error', error);
      }
    });
    return { isAnswered, letGo: () => gate.emit('released') };
  }

  /** The texts of the comments in the document, from the top. */
  texts(): Promise<string[]> {
    return this.page.locator('.thread-rows .comment-body').allInnerTexts();
  }

  /** With TEST_PICTURES set, stores what the page looks like in `test-artefacts/page`. */
  async photograph(name: string, fullPage = true): Promise<void> {
    if (!process.env.TEST_PICTURES) return;
    await mkdir(artefacts, { recursive: true });
    await this.page.screenshot({ path: join(artefacts, `${name}.png`), fullPage });
  }

  /** The violations that axe finds on the page: one line for each rule and element. */
  async accessibilityFaults(): Promise<string[]> {
    const axe = await readFile(join(root, 'node_modules/axe-core/axe.min.js'), 'utf8');
    await this.page.evaluate(axe);
    return this.page.evaluate(async () => {
      const { axe: checker, document } = globalThis as any;
      const { violations } = await checker.run(document, {
        runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      });
      return violations.flatMap(({ id, nodes }: any) =>
        nodes.map((node: any) => `${id}: ${node.target.join(' ')}: ${node.failureSummary}`),
      );
    });
  }
}

/** A service that serves the page. To be called after `useReaders`, which must be closed first. */
export function useAppWithPage(settings: Record<string, string> = {}, parts: Shared = {}): () => TestApp {
  const shared = { ...parts, webRoot: '', demoPictures: join(root, 'demo/pictures') };
  beforeAll(async () => {
    shared.webRoot = await buildPage();
  }, 240_000);
  return useApp(settings, shared);
}

/** Browsers for the tests of one file. */
export function useReaders(): {
  open: (
    address: string,
    options?: {
      /** The signed-in user. */
      user?: TestUser;
      /** True: stores the session once; otherwise every navigation starts with this user's session. */
      once?: boolean;
      context?: BrowserContextOptions;
    },
  ) => Promise<BrowserReader>;
} {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchShell();
  });
  afterAll(() => browser?.close());
  return {
    async open(address, { user, once: isOnce = false, context: options = {} } = {}) {
      if (!browser) throw new Error('The browser runs during the tests only');
      const context = await browser.newContext({ reducedMotion: 'reduce', ...options });
      const reader = new BrowserReader(await context.newPage());
      if (user && isOnce) {
        await reader.page.goto(address);
        await reader.page.evaluate(storeSession, sessionOf(user));
      } else if (user) await context.addInitScript(storeSession, sessionOf(user));
      await reader.page.goto(address);
      return reader;
    },
  };
}

/** A session in the form in which the page stores it. */
export const sessionOf = ({ token, refreshToken, viewerId }: TestUser) => ({
  viewerId,
  accessToken: token,
  refreshToken,
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
});

/** Runs in the browser: stores the session of a test's user. */
export function storeSession(session: unknown): void {
  const { localStorage } = globalThis as unknown as {
    localStorage: { setItem(key: string, value: string): void };
  };
  localStorage.setItem('standfirst.session', JSON.stringify(session));
}

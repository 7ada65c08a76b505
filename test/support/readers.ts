import { afterAll, beforeAll } from '@jest/globals';
import { EventEmitter, once } from 'node:events';
import { mkdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContextOptions, Locator, Page } from 'playwright-core';
import { type TestApp, type TestUser, useApp } from './app.ts';
import { launchBrowser, type PageRecord, recordPage } from './browser.ts';
import { buildPage } from './program.ts';

const root = join(import.meta.dirname, '../..');
const artefacts = join(root, 'test-artefacts/page');

/** What a browser says of a picture elsewhere that it can't get, as on a machine without internet. */
const isForeign = (problem: string): boolean => problem.includes('ERR_NAME_NOT_RESOLVED');

/** An answer that is held back. */
export interface Held {
  /** The service has answered, and the page does not know it yet. */
  readonly isAnswered: Promise<unknown>;
  letGo(): void;
}

/** One browser with one reader in it. */
export class BrowserReader {
  readonly page: Page;
  readonly #record: PageRecord;

  constructor(page: Page) {
    this.page = page;
    this.#record = recordPage(page);
    page.setDefaultTimeout(20_000);
  }

  /** Whatever a user would call broken, but for what only the internet has. */
  get problems(): string[] {
    return this.#record.problems.filter((problem) => !isForeign(problem));
  }

  get requests(): readonly string[] {
    return this.#record.requests;
  }

  /** Each comment on show is an article of its own. */
  comment(text: string): Locator {
    return this.page.locator('.thread-rows article', { hasText: text });
  }

  /** Waits until what happens comes live. */
  async isLive(): Promise<void> {
    await this.page.locator('.live-mark.is-live').waitFor();
  }

  /** Writes under the article itself. */
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
   * Holds back the next answer to an operation.
   * @param isSent whether the service is asked: otherwise the request is lost
   */
  async hold(operation: string, isSent = true): Promise<Held> {
    const gate = new EventEmitter();
    const isAnswered = once(gate, 'answered');
    const isReleased = once(gate, 'released');
    let isHeld = false;
    await this.page.route('**/graphql', async (route) => {
      if (isHeld || !(route.request().postData() ?? '').includes(operation)) return route.fallback();
      isHeld = true;
      if (!isSent) return;
      const response = await route.fetch();
      gate.emit('answered');
      await isReleased;
      // The page may have given up.
      await route.fulfill({ response }).catch(() => undefined);
    });
    return { isAnswered, letGo: () => gate.emit('released') };
  }

  /** The texts of the comments in the document, from the top. */
  texts(): Promise<string[]> {
    return this.page.locator('.thread-rows .comment-body').allInnerTexts();
  }

  async photograph(name: string, fullPage = true): Promise<void> {
    await mkdir(artefacts, { recursive: true });
    await this.page.screenshot({ path: join(artefacts, `${name}.png`), fullPage });
  }

  /** What axe has to say against the page: one line for each rule and element. */
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

/** A service that serves the page. Call it behind `useReaders`, which must be closed first. */
export function useAppWithPage(settings: Record<string, string> = {}): () => TestApp {
  const shared = { webRoot: '' };
  beforeAll(async () => {
    shared.webRoot = await buildPage();
  });
  return useApp(settings, shared);
}

/** Browsers for the tests of one file. */
export function useReaders(): {
  open: (
    address: string,
    options?: {
      /** Who is signed in. */
      user?: TestUser;
      /** Signed in as if they had done so there once; otherwise whatever is opened begins as this user. */
      once?: boolean;
      context?: BrowserContextOptions;
    },
  ) => Promise<BrowserReader>;
} {
  let browser: Browser | undefined;
  beforeAll(async () => {
    browser = await launchBrowser();
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

/** As the page stores it. */
export const sessionOf = ({ token, refreshToken, viewerId }: TestUser) => ({
  viewerId,
  accessToken: token,
  refreshToken,
  expiresAt: new Date(Date.now() + 600_000).toISOString(),
});

/** Runs in the browser: signs in as somebody whom the test has made. */
export function storeSession(session: unknown): void {
  const { localStorage } = globalThis as unknown as {
    localStorage: { setItem(key: string, value: string): void };
  };
  localStorage.setItem('standfirst.session', JSON.stringify(session));
}

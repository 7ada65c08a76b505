import { describe, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { executable, remedy } from './chromium.ts';

export { launchBrowser } from './chromium.ts';

/**
 * `describe` for tests that need a browser. Without Chromium they are skipped and the name of the suite says why; where
 * `CI` is set they fail, so that a build can't pass by having lost its browser.
 */
export function describeInBrowser(name: string, tests: () => void): void {
  if (executable !== undefined) {
    describe(name, tests);
  } else if (process.env.CI) {
    it(name, () => {
      throw new Error(remedy);
    });
  } else {
    describe.skip(`${name} (skipped: ${remedy})`, tests);
  }
}

/** The same, but not in CI: its ten minutes are spent on what else is promised. */
export function describeInBrowserByHand(name: string, tests: () => void): void {
  if (process.env.CI) describe.skip(name, tests);
  else describeInBrowser(name, tests);
}

/** What a page did so far; lists grow while it lives. */
export interface PageRecord {
  /** Every URL that the page, its frames and its workers asked for, sockets included. */
  readonly requests: string[];
  /** Whatever a user would call broken: failed requests, error statuses, console errors, exceptions. */
  readonly problems: string[];
}

/** Records a page from now on. Call it before the first navigation. Violations of its CSP are among the problems. */
export function recordPage(page: Page): PageRecord {
  const record: PageRecord = { requests: [], problems: [] };
  // The context and not the page: requests of workers are seen only there.
  page.context().on('request', (request) => record.requests.push(request.url()));
  page.context().on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'unknown';
    // A reload cancels what was under way; whatever the network or the policy refuses has another name.
    if (reason !== 'net::ERR_ABORTED') record.problems.push(`failed: ${request.url()} ${reason}`);
  });
  page.context().on('response', (response) => {
    if (response.status() >= 400) record.problems.push(`status ${response.status()}: ${response.url()}`);
  });
  page.on('websocket', (socket) => {
    record.requests.push(socket.url());
    socket.on('socketerror', (error) => record.problems.push(`socket: ${socket.url()} ${error}`));
  });
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') {
      record.problems.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => record.problems.push(`exception: ${error.message}`));
  return record;
}

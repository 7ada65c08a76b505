import { describe, it } from '@jest/globals';
import { type Page } from 'playwright-core';
import { executable, remedy } from '../../harness/chromium.ts';

export { launchBrowser, launchShell } from '../../harness/chromium.ts';

/**
 * `describe` for tests that need a browser. Without Chromium they are skipped, and the name of the suite says why;
 * where `CI` is set they fail, so that a build cannot pass by having lost its browser.
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

/** As `describeInBrowser`, but skipped in CI, whose ten minutes are reserved for other tests. */
export function describeInBrowserByHand(name: string, tests: () => void): void {
  if (process.env.CI) describe.skip(name, tests);
  else describeInBrowser(name, tests);
}

/** The activity of a page so far; the lists grow while the page is open. */
export interface PageRecord {
  /** Every URL that the page, its frames and its workers requested, sockets included. */
  readonly requests: string[];
  /** Everything that a user would call broken: failed requests, error statuses, console errors, exceptions. */
  readonly problems: string[];
}

/** What Chromium says where a page closes a connection itself that has not been answered yet, as after signing in. */
const closedEarly = 'WebSocket is closed before the connection is established.';

/** Records a page from now on; to be called before the first navigation. CSP violations are among the problems. */
export function recordPage(page: Page): PageRecord {
  const record: PageRecord = { requests: [], problems: [] };
  // On the context instead of the page: only the context reports requests of workers.
  page.context().on('request', (request) => record.requests.push(request.url()));
  page.context().on('requestfailed', (request) => {
    const reason = request.failure()?.errorText ?? 'unknown';
    // A reload aborts requests under way; errors of the network or of a policy have other names.
    if (reason !== 'net::ERR_ABORTED') record.problems.push(`failed: ${request.url()} ${reason}`);
  });
  page.context().on('response', (response) => {
    if (response.status() >= 400) record.problems.push(`status ${response.status()}: ${response.url()}`);
  });
  page.on('websocket', (socket) => {
    record.requests.push(socket.url());
    socket.on('socketerror', (error) => {
      if (error !== closedEarly) record.problems.push(`socket: ${socket.url()} ${error}`);
    });
  });
  page.on('console', (message) => {
    const isProblem = message.type() === 'error' || message.type() === 'warning';
    if (isProblem && !message.text().endsWith(closedEarly)) {
      record.problems.push(`console: ${message.text()} (${message.location().url})`);
    }
  });
  page.on('pageerror', (error) => record.problems.push(`exception: ${error.message}`));
  return record;
}

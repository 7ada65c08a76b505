import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const candidates = [
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
];

/** Undefined where Chromium is not installed. */
export const executable = candidates.find((path) => path !== undefined && path !== '' && existsSync(path));

export const remedy = 'no Chromium on this machine: apt-get install chromium, or set CHROMIUM to one';

/** Starts a headless Chromium that can reach only this machine; the caller closes it. */
export function launchBrowser(options: LaunchOptions = {}): Promise<Browser> {
  if (executable === undefined) throw new Error(remedy);
  return chromium.launch({
    ...options,
    executablePath: executable,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // A machine with internet access must not pass where one without it would fail.
      '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost',
    ],
  });
}

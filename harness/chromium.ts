import { existsSync } from 'node:fs';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';

const found = (paths: readonly (string | undefined)[]): string | undefined =>
  paths.find((path) => path !== undefined && path !== '' && existsSync(path));

/** Undefined where Chromium is not installed. */
export const executable = found([
  process.env.CHROMIUM,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
]);

/** Chromium's engine without the browser around it, which takes half the processor time. */
const headlessShell = found([process.env.CHROMIUM, '/usr/bin/chromium-headless-shell']);

export const remedy = 'no Chromium on this machine: apt-get install chromium, or set CHROMIUM to one';

const launch = (executablePath: string | undefined, options: LaunchOptions): Promise<Browser> => {
  if (executablePath === undefined) throw new Error(remedy);
  return chromium.launch({
    ...options,
    executablePath,
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
};

/** Starts Chromium as people have it, without a window, for what its engine alone does not do. It reaches only this machine. */
export const launchBrowser = (options: LaunchOptions = {}): Promise<Browser> => launch(executable, options);

/** Starts the headless shell, or Chromium where that is not installed. It reaches only this machine; the caller closes it. */
export const launchShell = (): Promise<Browser> => launch(headlessShell ?? executable, {});

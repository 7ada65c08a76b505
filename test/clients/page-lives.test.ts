/** @database either */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Browser } from 'playwright-core';
import { useApp } from '../support/app.ts';
import { describeInBrowser, launchShell } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { buildClient } from '../support/program.ts';

const root = join(import.meta.dirname, '../..');
const run = promisify(execFile);

/** The recipes of docs/client-libraries.md together, as a page of a site uses one of them. */
const script = `
  import { gql } from '@apollo/client';
  import { createApolloClient } from '${root}/examples/front-end/apollo.ts';
  import { openLive } from '${root}/examples/front-end/live.ts';
  import { createRelayEnvironment } from '${root}/examples/front-end/relay/environment.ts';
  import { openSession, signIn } from '${root}/examples/front-end/session.ts';
  import { createUrqlClient } from '${root}/examples/front-end/urql.ts';
  const url = '/graphql';
  window.signedOut = 0;
  const showSignIn = () => (window.signedOut += 1);
  const keeper = openSession(url, localStorage, showSignIn);
  const live = openLive(url, keeper);
  if (!keeper.isSignedIn) showSignIn();
  window.signIn = (input) => signIn(url, { keeper, live }, input);
  window.signOut = () => keeper.set(undefined);
  const text = '{ viewer { name } }';
  const ways = {
    plain: async () => {
      const headers = { 'content-type': 'application/json' };
      return (await keeper.fetch(url, { method: 'POST', headers, body: JSON.stringify({ query: text }) })).json();
    },
    apollo: () => createApolloClient(url, live.client, keeper.fetch).query({ query: gql(text) }),
    urql: () => createUrqlClient(url, live.client, keeper.fetch, {}).query(text, {}).toPromise(),
    relay: () => createRelayEnvironment(url, live.client, keeper.fetch).getNetwork()
      .execute({ name: 'Me', operationKind: 'query', id: null, text, metadata: {} }, {}, {}).toPromise(),
  };
  window.whoReads = async () => Object.fromEntries(
    await Promise.all(Object.entries(ways).map(async ([way, ask]) => [way, (await ask()).data.viewer?.name ?? null])),
  );`;

/** The same answer in every way. */
const everyWay = (name: string | null): Readonly<Record<string, string | null>> => ({
  plain: name,
  apollo: name,
  urql: name,
  relay: name,
});

/** @returns the script with all that it imports */
async function bundle(): Promise<string> {
  await mkdir(join(root, 'test-artefacts'), { recursive: true });
  const folder = await mkdtemp(join(root, 'test-artefacts/lives-'));
  try {
    await writeFile(join(folder, 'entry.js'), script);
    const program = `
      const { build } = await import('vite');
      await build({ root: ${JSON.stringify(root)}, configFile: false, logLevel: 'error', build: {
        outDir: ${JSON.stringify(join(folder, 'out'))}, minify: false, modulePreload: { polyfill: false },
        rollupOptions: { input: ${JSON.stringify(join(folder, 'entry.js'))}, output: { entryFileNames: 'bundle.js' } } } });`;
    await run(process.execPath, ['--input-type=module', '--eval', program], { cwd: root });
    return await readFile(join(folder, 'out/bundle.js'), 'utf8');
  } finally {
    await rm(folder, { recursive: true });
  }
}

describeInBrowser('the documented way to sign in, over several lives of a page', () => {
  let browser: Browser;
  let pageScript: string;
  beforeAll(async () => {
    [browser] = await Promise.all([launchShell(), buildClient()]);
    pageScript = await bundle();
  }, 120_000);
  afterAll(() => browser.close());
  const app = useApp();

  it('keeps the reader through a reload, in a second tab, and with tokens that have expired', async () => {
    const { email, password } = await app().signUp('Cy Example');
    const context = await browser.newContext({ permissions: ['local-network-access'] });
    await context.route(/\/(page|script)$/, (route) =>
      route.request().url().endsWith('/page')
        ? route.fulfill({
            contentType: 'text/html',
            body: '<!doctype html><script type="module" src="/script"></script>',
          })
        : route.fulfill({ contentType: 'text/javascript', body: pageScript }),
    );
    const open = async () => {
      const tab = await context.newPage();
      await tab.goto(`${app().url}/page`);
      return tab;
    };
    const call = <T>(tab: Awaited<ReturnType<typeof open>>, code: string) => tab.evaluate<T>(code);
    const tab = await open();
    expect(await call(tab, 'signedOut')).toBe(1);
    expect(await call(tab, `signIn(${JSON.stringify({ email, password: 'wrong password' })})`)).toHaveLength(
      1,
    );
    expect(await call(tab, `signIn(${JSON.stringify({ email, password })})`)).toEqual([]);
    expect(await call(tab, 'whoReads()')).toEqual(everyWay('Cy Example'));

    await tab.reload();
    expect([await call(tab, 'whoReads()'), await call(tab, 'signedOut')]).toEqual([
      everyWay('Cy Example'),
      0,
    ]);

    // The access token is exchanged by the next life of the page, once for both tabs.
    await call(
      tab,
      `{ const [[key, text]] = Object.entries(localStorage);
         localStorage.setItem(key, JSON.stringify({ ...JSON.parse(text), expiresAt: new Date(0).toISOString() })); }`,
    );
    await tab.reload();
    const other = await open();
    expect(await Promise.all([tab, other].map((each) => call(each, 'whoReads()')))).toEqual([
      everyWay('Cy Example'),
      everyWay('Cy Example'),
    ]);

    await call(tab, 'signOut()');
    await tab.reload();
    expect([await call(tab, 'whoReads()'), await call(tab, 'signedOut')]).toEqual([everyWay(null), 1]);
    await eventually('the page to be closed', async () => {
      await context.close();
      return true;
    });
  });
});

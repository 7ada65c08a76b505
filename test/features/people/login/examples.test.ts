/**
 * The examples of a provider and of a host site, as programs of their own, with the settings that they print.
 * @database embedded
 * @seconds 15
 */
import { afterEach, expect, it } from '@jest/globals';
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { TestApp } from '../../../support/app.ts';
import { eventually } from '../../../support/eventually.ts';
import { challengeOf, CookieBrowser } from '../../../support/issuer.ts';

const root = join(import.meta.dirname, '../../../..');
const running: ChildProcess[] = [];

afterEach(async () => {
  for (const example of running.splice(0)) {
    const ended = once(example, 'exit');
    example.kill();
    await ended;
  }
});

/** Starts an example. @returns the settings that it prints */
async function start(example: string, ...args: string[]): Promise<Record<string, string>> {
  const started = spawn(process.execPath, [join(root, 'examples', example), ...args], { stdio: 'pipe' });
  running.push(started);
  let said = '';
  for (const stream of [started.stdout, started.stderr])
    stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  await eventually(
    () => `${example} to run; its output: ${said}`,
    () => said.includes('npm start\n'),
  );
  const line = said.split('\n').find((each) => each.endsWith('npm start')) ?? '';
  return Object.fromEntries(
    [...line.matchAll(/([A-Z_]+)=(?:'([^']*)'|(\S+)) /g)].map(([, name = '', quoted, plain = '']) => [
      name,
      quoted ?? plain,
    ]),
  );
}

it('the provider signs in whoever types a name, and gives a role by a claim', async () => {
  const app = await TestApp.start(await start('openid-provider.mjs', '0'));
  try {
    const { signInOptions } = await app.data('{ signInOptions { issuers { id name path } } }');
    expect(signInOptions.issuers).toEqual([
      { id: 'local', name: 'the local provider', path: '/sign-in/local' },
    ]);
    const browser = new CookieBrowser();
    let at = `${app.url}/sign-in/local?challenge=${challengeOf(browser.secret)}`;
    const forms: Record<string, string>[] = [
      { prompt: 'login', login: 'Mod Example', password: 'any' },
      { prompt: 'consent' },
    ];
    while (!at.startsWith(`${app.url}/finish-sign-in`))
      at = await browser.next(at, at.includes('/interaction/') ? forms.shift() : undefined);
    const code = new URLSearchParams(new URL(at).hash.slice(1)).get('code');
    const { finishSignIn } = await app.data(
      `mutation ($input: FinishSignInInput!) { finishSignIn(input: $input) { viewer { name email roles } } }`,
      { input: { code, secret: browser.secret } },
    );
    const viewer = { name: 'Mod Example', email: 'mod.example@example.org', roles: ['READER', 'MODERATOR'] };
    expect(finishSignIn.viewer).toEqual(viewer);
  } finally {
    await app.close();
  }
});

it('the page of the host site has a token that begins a session, once', async () => {
  const settings = await start('host-site.mjs', 'http://127.0.0.1:1', '0');
  const app = await TestApp.start(settings);
  try {
    const page = await (await fetch(settings.ALLOWED_ORIGINS ?? '')).text();
    const [, token] = /token: "([\w.-]+)"/.exec(page) ?? [];
    const [, query] = /query = `([^]*?)`;/.exec(page) ?? [];
    const send = async () =>
      (await app.data(query ?? '', { input: { token } })).signInWithToken as Record<string, unknown>;
    expect(await send()).toMatchObject({ viewer: { name: 'Ida Example' }, userErrors: [] });
    expect(await send()).toMatchObject({
      session: null,
      userErrors: [{ message: expect.stringContaining('jti') }],
    });
  } finally {
    await app.close();
  }
});

it('the demo site with threads gives its reader a token, and its settings let its pages in', async () => {
  const settings = await start('embed/server.mjs', 'http://127.0.0.1:1', '0');
  const app = await TestApp.start(settings);
  const site = settings.EMBED_SITES ?? '';
  try {
    const signedIn = await fetch(`${site}/login`, { method: 'POST', redirect: 'manual' });
    const [cookie = ''] = (signedIn.headers.get('set-cookie') ?? '').split(';');
    const tokenOf = async (headers: Record<string, string>) => {
      const answer = await fetch(`${site}/comment-token`, { method: 'POST', headers });
      return { status: answer.status, token: await answer.text() };
    };
    expect(await tokenOf({})).toEqual({ status: 204, token: '' });
    const { token } = await tokenOf({ cookie });
    const { signInWithToken } = await app.data(
      `mutation ($input: SignInWithTokenInput!) { signInWithToken(input: $input) { viewer { name } userErrors { message } } }`,
      { input: { token } },
    );
    expect(signInWithToken).toEqual({ viewer: { name: 'Ida Example' }, userErrors: [] });
    for (const path of ['/', '/host-login', '/two', '/dark', '/german', '/frame']) {
      const page = await fetch(site + path);
      expect([path, page.status]).toEqual([path, 200]);
      expect(page.headers.get('content-security-policy')).not.toContain('unsafe');
      const text = await page.text();
      expect(text).toContain(
        path === '/frame' ? 'http://127.0.0.1:1/embed?article=' : '<standfirst-thread article=',
      );
      for (const [, file = ''] of text.matchAll(/(?:src|href)="(\/[\w-]+\.\w+)"/g))
        expect([file, (await fetch(site + file)).status]).toEqual([file, 200]);
    }
  } finally {
    await app.close();
  }
});

/**
 * The places of sign-ins and of notices that wait for a slow issuer: how clients share them.
 * @database embedded
 */
import { expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { TestApp } from '../../../support/app.ts';
import { eventually } from '../../../support/eventually.ts';
import { challengeOf, CookieBrowser, issuerSettings, TestIssuer } from '../../../support/issuer.ts';
import { watchForLeaks } from '../../../support/leaks.ts';
import { noMailWork } from '../../../support/mail.ts';

/** Places of one issuer, and of notices. */
const places = 32;
const [greedy, other] = ['203.0.113.7', '198.51.100.9'];

/** A service whose issuer is slow at a path until `release`; `arrived` counts the requests there. */
async function startSlow(path: string) {
  const paper = await TestIssuer.start();
  const app = await TestApp.start({
    ...noMailWork,
    ...issuerSettings(paper.settings('paper')),
    TRUST_PROXY: 'true',
    MAX_SIGN_INS_PER_MINUTE: '1000',
  });
  await paper.open(`${app.url}/sign-in/paper/callback`);
  let release = (): void => undefined;
  const until = new Promise<void>((resolve) => {
    release = resolve;
  });
  const seen = { app, paper, arrived: 0, release };
  paper.slow = {
    path,
    until,
    arrived: () => {
      seen.arrived += 1;
    },
  };
  return seen;
}

it('a client that keeps all places of a slow issuer loses one to another client', async () => {
  const checkLeaks = watchForLeaks();
  const seen = await startSlow('/token');
  const { app, paper } = seen;
  /** Comes back from the issuer. @returns where the sign-in ends, later */
  const comeBack = async (address: string) => {
    const browser = new CookieBrowser();
    browser.headers = { 'x-forwarded-for': address };
    paper.add({ email: `${randomUUID()}@example.org`, email_verified: true });
    const begin = `${app.url}/sign-in/paper?challenge=${challengeOf(browser.secret)}`;
    const callback = await browser.follow(begin, `${app.url}/sign-in/paper/callback`);
    return () => browser.next(callback).then((address) => new URL(address).hash.split('=')[0]);
  };
  const returns: (() => Promise<string | undefined>)[] = [];
  for (let count = 0; count <= places; count += 1) returns.push(await comeBack(greedy));
  const late = await comeBack(other);
  const ended: (string | undefined)[] = [];
  const own = returns.map(async (finish) => ended.push(await finish()));
  await eventually('the places are taken', () => seen.arrived === places && ended.length === 1);
  const honest = late();
  await eventually('the other client has a place', () => seen.arrived === places + 1 && ended.length === 2);
  expect(ended).toEqual(['#error', '#error']);
  seen.release();
  expect(await honest).toBe('#code');
  await Promise.all(own);
  await app.close();
  await paper.close();
  await checkLeaks();
});

it('a client that keeps all places of notices loses one to another client', async () => {
  const checkLeaks = watchForLeaks();
  const seen = await startSlow('/jwks');
  const { app, paper } = seen;
  const notify = async (address: string): Promise<number> => {
    const token = await paper.logoutToken({ sub: randomUUID() });
    const { status, body } = await fetch(`${app.url}/sign-in/paper/logout`, {
      method: 'POST',
      headers: { 'x-forwarded-for': address },
      body: new URLSearchParams({ logout_token: token }),
    });
    await body?.cancel();
    return status;
  };
  const ended: number[] = [];
  const own = Array.from({ length: places + 1 }, async () => ended.push(await notify(greedy)));
  await eventually('the places are taken', () => seen.arrived === 1 && ended.length === 1);
  const honest = notify(other);
  await eventually('the other client has a place', () => ended.length === 2);
  expect(ended).toEqual([503, 503]);
  seen.release();
  expect(await honest).toBe(200);
  await Promise.all(own);
  await app.close();
  await paper.close();
  await checkLeaks();
});

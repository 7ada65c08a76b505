/** @database either */
import { describe, expect, it } from '@jest/globals';
import { SessionService } from '../../../../src/features/people/sessions/session.service.ts';
import { SignUpService } from '../../../../src/features/people/credentials/sign-up.service.ts';
import { AccessTokens } from '../../../../src/platform/auth/access-token.ts';
import { HashingQueue } from '../../../../src/platform/auth/hashing-queue.ts';
import { RequestError } from '../../../../src/platform/errors/errors.ts';
import { useApp } from '../../../support/app.ts';
import { eventually } from '../../../support/eventually.ts';
import { ModerationLog } from '../../../../src/platform/screening/moderation-log.ts';
import { PinnedClock } from '../../../support/pinned-clock.ts';

/** Runs work that starts when the queue admits it and ends when the test says so. */
class Bench {
  readonly began: string[] = [];
  readonly refused: string[] = [];
  readonly #finish = new Map<string, () => void>();
  readonly #queue: HashingQueue;

  constructor(queue: HashingQueue) {
    this.#queue = queue;
  }

  ask(name: string, client = name.charAt(0)): void {
    const work = () => {
      this.began.push(name);
      return new Promise<void>((resolve) => this.#finish.set(name, resolve));
    };
    this.#queue.run(client, work).catch((error: unknown) => {
      expect(error).toBeInstanceOf(RequestError);
      expect(error).toMatchObject({ code: 'RATE_LIMITED', details: { retryAfterSeconds: 5 } });
      this.refused.push(name);
    });
  }

  /** Ends the started work, one item after the other, until none is left. */
  async finishAll(): Promise<void> {
    for (let next = 0; next < this.began.length; next++) {
      this.#finish.get(this.began[next]!)?.();
      await new Promise(setImmediate);
    }
  }
}

const open = (limits: { atOnce?: number; maxWaiting?: number; maxWaitMs?: number } = {}) =>
  new Bench(new HashingQueue({ atOnce: 1, maxWaiting: 6, maxWaitMs: 5000, ...limits }));

const settle = () => new Promise(setImmediate);

describe('the queue of password hashes', () => {
  it('computes a limited number at once, and serves clients in turn', async () => {
    const bench = open({ atOnce: 2 });
    for (const name of ['a1', 'a2', 'a3', 'a4', 'a5', 'b1', 'b2', 'c1']) bench.ask(name);
    expect(bench.began).toEqual(['a1', 'a2']);
    await bench.finishAll();
    expect(bench.began).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4', 'b2', 'a5']);
    expect(bench.refused).toEqual([]);
  });

  it('refuses excess work before it starts, from the client with the most waiting work', async () => {
    const bench = open();
    for (const name of ['a0', 'a1', 'a2', 'a3', 'a4', 'a5', 'a6', 'a7']) bench.ask(name);
    await settle();
    expect(bench.refused).toEqual(['a7']);
    for (const name of ['b1', 'b2', 'b3', 'b4', 'c1']) bench.ask(name);
    await settle();
    // Clients a and b have three items waiting each when b's fourth arrives: the fourth itself is refused.
    expect([...bench.refused].sort()).toEqual(['a3', 'a4', 'a5', 'a6', 'a7', 'b4']);
    await bench.finishAll();
    expect(bench.began).toEqual(['a0', 'a1', 'b1', 'c1', 'a2', 'b2', 'b3']);
  });

  it('refuses work that has waited too long, and starts the next work after a failure', async () => {
    const queue = new HashingQueue({ atOnce: 1, maxWaiting: 6, maxWaitMs: 20 });
    let fail: ((error: Error) => void) | undefined;
    const failing = queue.run('a', () => new Promise((_resolve, reject) => (fail = reject)));
    await expect(queue.run('b', () => Promise.resolve('b'))).rejects.toMatchObject({ code: 'RATE_LIMITED' });
    expect(queue.waiting).toBe(0);
    const patient = queue.run('c', () => Promise.resolve('c'));
    expect(queue.waiting).toBe(1);
    fail!(new Error('Broken'));
    await expect(failing).rejects.toThrow('Broken');
    expect(await patient).toBe('c');
    expect(await queue.run('d', () => Promise.resolve('d'))).toBe('d');
  });
});

describe('signing in and up', () => {
  const app = useApp({
    PASSWORD_HASHES_AT_ONCE: '1',
    MAX_WAITING_PASSWORD_HASHES: '2',
    PASSWORD_HASH_WAIT_MS: '60000',
    TRUST_PROXY: 'true',
  });

  const signIn = (email: string, address: string) =>
    app().query(
      `mutation ($input: SignInInput!) { signIn(input: $input) { session { accessToken } userErrors { code } } }`,
      { input: { email, password: 'correct horse battery' } },
      { headers: { 'x-forwarded-for': address } },
    );

  it('is refused while too many passwords wait, with the time after which to retry', async () => {
    const user = await app().signUp();
    const other = await app().signUp();
    const flood = Array.from({ length: 30 }, (_, n) => signIn(`nobody-${n}@example.org`, '192.0.2.1'));
    const patient = signIn(other.email, '198.51.100.7');
    const answers = await Promise.all(flood);
    const refused = answers.filter(({ errors }) => errors !== undefined);
    expect(refused.length).toBeGreaterThan(0);
    for (const { status, headers, errors } of refused) {
      expect(errors).toMatchObject([
        { path: ['signIn'], extensions: { code: 'RATE_LIMITED', retryAfterSeconds: 60 } },
      ]);
      expect([status, headers.get('retry-after')]).toEqual([429, '60']);
    }
    // The sign-in from another address gets its turn despite the flood.
    expect((await patient).data.signIn.session).not.toBeNull();
    expect((await signIn(user.email, '192.0.2.1')).data.signIn.session).not.toBeNull();
  });

  it('reports a taken e-mail address without computing a hash', async () => {
    const { email } = await app().signUp();
    const clock = new PinnedClock();
    const hashing = new HashingQueue({ atOnce: 1, maxWaiting: 1, maxWaitMs: 60_000 });
    let finish: (() => void) | undefined;
    const busy = hashing.run('192.0.2.1', () => new Promise<void>((resolve) => (finish = resolve)));
    const sessions = new SessionService({
      db: app().app.db,
      tokens: new AccessTokens({ secret: 'x'.repeat(32), ttlSeconds: 60, clock }),
      hashing,
      limits: { refreshTtlSeconds: 60, maxSessionSeconds: 60, maxSessionsPerAccount: 1 },
      secondSteps: undefined,
      clock,
      rights: { mustConfirm: false, staffSecondFactor: false, issuerRoles: [] },
      moderationLog: new ModerationLog(app().app.bus),
      mails: undefined,
    });
    const { db } = app().app;
    const signUps = new SignUpService({ db, hashing, sessions, mails: undefined, clock });
    const signUp = (address: string) =>
      signUps.signUp(
        { email: address, password: 'correct horse battery', name: 'Ada Example' },
        { address: '192.0.2.2' },
      );
    expect(await signUp(email)).toMatchObject({ ok: false, userErrors: [{ code: 'EMAIL_TAKEN' }] });
    const waiting = signUp(`another-${email}`);
    await eventually('the sign-up with a new address to wait', () => hashing.waiting === 1);
    finish!();
    await busy;
    expect(await waiting).toMatchObject({ ok: true });
  });

  it('shows in the metrics how many passwords wait', async () => {
    const metrics = await fetch(`${app().url}/metrics`).then((response) => response.text());
    expect(metrics).toContain('standfirst_waiting_password_hashes 0\n');
  });
});

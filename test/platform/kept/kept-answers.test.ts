/**
 * @database none
 */
import { describe, expect, it } from '@jest/globals';
import { noExceptions } from '../../../src/platform/auth/viewer.ts';
import { type KeptAnswer, KeptAnswers, type Made } from '../../../src/platform/kept/kept-answers.ts';
import { eventually } from '../../support/eventually.ts';
import type { Reading } from '../../../src/platform/kept/site-clock.ts';

const articleId = '1';

/** One article's log, whose head the test moves. */
class Log {
  head = 1;
  questions = 0;

  ask(): Promise<Reading> {
    this.questions += 1;
    return Promise.resolve(this.reading);
  }

  get reading(): Reading {
    return {
      log: 'log',
      site: 'site',
      everything: String(this.head),
      heads: new Map([[articleId, this.head]]),
    };
  }
}

/** An answer that shows the head of the log, and is as large as its padding. */
function madeAt({ head }: Log, { padding = 0, exceptions = noExceptions } = {}): Made {
  return {
    body: Buffer.from(`${head} `.padEnd(padding, '.')),
    exceptions,
    basis: { site: 'site', heads: new Map([[articleId, head]]), everything: undefined },
  };
}

const anonymous = (key: string, client = 'a') => ({ key, client, accountId: undefined });
const headOf = (answer: KeptAnswer | undefined) => answer && Number(answer.body.toString().split(' ')[0]);

describe('kept answers', () => {
  it('are made once for all who ask at the same time, and served while the head stands', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    let makings = 0;
    const ask = () =>
      answers.answer(anonymous('page'), () => {
        makings += 1;
        return Promise.resolve(madeAt(log));
      });
    // All arrive before the making begins: they get what it makes.
    const all = await Promise.all(Array.from({ length: 50 }, ask));
    expect(new Set(all.map(headOf))).toEqual(new Set([1]));
    expect(makings).toBeLessThanOrEqual(2);
    const before = makings;
    await ask();
    expect(makings).toBe(before);
    log.head = 2;
    expect(headOf(await ask())).toBe(2);
    expect(answers.counts).toMatchObject({ evictions: 0 });
  });

  it('that are being made when a request arrives are checked before it gets them', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    let finish: (made: Made) => void = () => undefined;
    const early = answers.answer(anonymous('page'), () => new Promise((resolve) => (finish = resolve)));
    await new Promise(setImmediate);
    const old = madeAt(log);
    // What the first request reads is already outdated when the second one arrives.
    log.head = 2;
    const late = answers.answer(anonymous('page'), () => Promise.resolve(madeAt(log)));
    finish(old);
    expect(headOf(await early)).toBe(1);
    expect(headOf(await late)).toBe(2);
  });

  it('made from a reading are for those who arrived before it was asked for', async () => {
    const log = new Log();
    const questions: (() => void)[] = [];
    const clock = {
      ask: () => new Promise<Reading>((resolve) => questions.push(() => resolve(log.reading))),
    };
    const answers = new KeptAnswers({ clock, maxBytes: 1_000_000 });
    const made = () => Promise.resolve(madeAt(log));
    const settle = () => new Promise(setImmediate);
    const before = answers.answer(anonymous('page'), made);
    questions.shift()?.();
    await before;
    log.head = 2;
    // The first one's making begins with what its question has found, although its rows may be older by now.
    let finish: (made: Made) => void = () => undefined;
    const first = answers.answer(anonymous('page'), () => new Promise((resolve) => (finish = resolve)));
    await settle();
    const found = log.reading;
    log.head = 3;
    const second = answers.answer(anonymous('page'), made);
    await settle();
    questions.shift()?.();
    await settle();
    questions.shift()?.();
    await settle();
    finish({ ...madeAt({ ...log, head: found.heads.get(articleId) ?? 0 } as Log) });
    await first;
    await settle();
    for (const question of questions.splice(0)) question();
    expect(headOf(await second)).toBe(3);
  });

  it('are waited for by all, though each takes longer than a moment', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    const finish: (() => void)[] = [];
    const ask = (n: number) =>
      answers.answer(anonymous('page', `client ${n}`), () => {
        const { head } = log;
        return new Promise((resolve) => finish.push(() => resolve(madeAt({ head } as Log))));
      });
    const all = Array.from({ length: 50 }, (_, n) => ask(n));
    // The second making is for all who have waited for the first one for a moment.
    await eventually('a second making', () => finish.length === 2);
    log.head = 2;
    finish[1]?.();
    await Promise.all(all.slice(1));
    finish[0]?.();
    await Promise.all(all);
    expect(finish.length).toBe(2);
  });

  it('that a busy client makes are made anew for others, who wait for it no longer than a moment', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    let finish: (made: Made) => void = () => undefined;
    const busy = answers.answer(
      anonymous('page', 'busy'),
      () => new Promise((resolve) => (finish = resolve)),
    );
    await new Promise(setImmediate);
    let makings = 0;
    const others = Array.from({ length: 20 }, (_, n) =>
      answers.answer(anonymous('page', `client ${n}`), () => {
        makings += 1;
        return Promise.resolve(madeAt(log));
      }),
    );
    expect(new Set((await Promise.all(others)).map(headOf))).toEqual(new Set([1]));
    expect(makings).toBe(1);
    finish(madeAt(log));
    expect(headOf(await busy)).toBe(1);
    expect(headOf(await answers.answer(anonymous('page'), () => Promise.reject(new Error('again'))))).toBe(1);
  });

  it('with errors, or whose making fails, concern nobody but their maker', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    const failing = answers.answer(anonymous('page'), () => Promise.reject(new Error('refused')));
    const other = answers.answer(anonymous('page'), () => Promise.resolve(madeAt(log)));
    await expect(failing).rejects.toThrow('refused');
    expect(await other).toBeUndefined();
    expect(await answers.answer(anonymous('page'), () => Promise.resolve(undefined))).toBeUndefined();
    expect(headOf(await answers.answer(anonymous('page'), () => Promise.resolve(madeAt(log))))).toBe(1);
  });

  it('are shared among accounts from the second request on, except with those that need their own', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    let makings = 0;
    const ask = (accountId: string) =>
      answers.answer({ key: 'READER page', client: `account:${accountId}`, accountId }, () => {
        makings += 1;
        return Promise.resolve(madeAt(log, { exceptions: new Set(['7']) }));
      });
    expect(await ask('1')).toBeUndefined();
    expect(makings).toBe(0);
    expect(headOf(await ask('2'))).toBe(1);
    expect(headOf(await ask('3'))).toBe(1);
    expect(await ask('7')).toBeUndefined();
    expect(makings).toBe(1);
  });

  it('are not made again where each account needs its own', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    let makings = 0;
    for (let n = 0; n < 5; n++) {
      const accountId = String(n);
      const answer = await answers.answer({ key: 'own', client: accountId, accountId }, () => {
        makings += 1;
        return Promise.resolve(madeAt(log, { exceptions: 'all' }));
      });
      expect(answer).toBeUndefined();
    }
    expect(makings).toBe(1);
  });

  it('take no more bytes than allowed; those that were not asked for go first', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    let makings = 0;
    const ask = (key: string, client: string) =>
      answers.answer(anonymous(key, client), () => {
        makings += 1;
        return Promise.resolve(madeAt(log, { padding: 30_000 }));
      });
    await ask('hot', 'someone');
    for (let n = 0; n < 100; n++) {
      await ask(`page ${n}`, `client ${n}`);
      await ask('hot', 'someone else');
      expect(answers.bytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(makings).toBe(101);
    expect(answers.counts.evictions).toBeGreaterThan(50);
  });

  it('of one client push out no more than its share, whatever it asks for', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 1_000_000 });
    let makings = 0;
    const ask = (key: string, client: string) =>
      answers.answer(anonymous(key, client), () => {
        makings += 1;
        return Promise.resolve(madeAt(log, { padding: 30_000 }));
      });
    const common = Array.from({ length: 10 }, (_, n) => `common ${n}`);
    for (const [n, key] of common.entries()) await ask(key, `client ${n}`);
    makings = 0;
    for (let n = 0; n < 500; n++) await ask(`flood ${n}`, 'flooder');
    expect(makings).toBe(500);
    for (const key of common) await ask(key, 'reader');
    expect(makings).toBe(500);
  });

  it('count what their compressed bytes take, however badly a text compresses', async () => {
    const answers = new KeptAnswers({ clock: new Log(), maxBytes: 1_000_000 });
    const ask = (key: string) =>
      answers.answer(anonymous(key, key), () => Promise.resolve(madeAt(new Log(), { padding: 20_000 })));
    const first = await ask('first');
    const before = answers.bytes;
    // Half of a body is expected.
    first?.addCompressed(10_000);
    expect(answers.bytes).toBe(before);
    first?.addCompressed(15_000);
    expect(answers.bytes).toBe(before + 15_000);
    // Then it is larger than an answer may be.
    first?.addCompressed(60_000);
    expect(answers.bytes).toBe(0);
    for (let n = 0; n < 100; n++) {
      const answer = await ask(`page ${n}`);
      answer?.addCompressed(20_000);
      answer?.addCompressed(20_000);
      expect(answers.bytes).toBeLessThanOrEqual(1_000_000);
    }
    expect(answers.counts.evictions).toBeGreaterThan(50);
  });

  it('that are larger than a part of the store are not kept', async () => {
    const log = new Log();
    const answers = new KeptAnswers({ clock: log, maxBytes: 100_000 });
    const ask = () =>
      answers.answer(anonymous('large'), () => Promise.resolve(madeAt(log, { padding: 50_000 })));
    expect(headOf(await ask())).toBe(1);
    expect(headOf(await ask())).toBe(1);
    expect(answers.bytes).toBe(0);
  });
});

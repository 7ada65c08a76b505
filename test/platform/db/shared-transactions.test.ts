import { describe, expect, it } from '@jest/globals';
import { BusyError } from '../../../src/platform/fairness/shares.ts';
import {
  type Outcome,
  SharedTransactions,
  type SharedWork,
} from '../../../src/platform/db/shared-transactions.ts';
import { settled } from '../../support/settled.ts';

interface Work extends SharedWork {
  readonly name: string;
}

/** An error as the driver reports it for a statement that the server has refused. */
const refusedBy = (code: string) => Object.assign(new Error('refused'), { severity: 'ERROR', code });

/** Transactions that end when the test says so. */
function stage(waitMs?: number) {
  let now = 0;
  const open: {
    readonly names: readonly string[];
    readonly end: (outcomes?: Outcome<string>[]) => Promise<void>;
    readonly fail: (error: Error) => Promise<void>;
  }[] = [];
  const alone: string[] = [];
  const shared = new SharedTransactions<Work, string>({
    together: (works) =>
      new Promise((resolve, reject) => {
        const names = works.map(({ name }) => name);
        open.push({
          names,
          end: (outcomes = names.map((name) => ({ done: `${name} together` }))) =>
            settled(() => resolve(outcomes)),
          fail: (error) => settled(() => reject(error)),
        });
      }),
    alone: ({ name }) => {
      alone.push(name);
      return Promise.resolve(`${name} alone`);
    },
    waitMs,
    now: () => now,
  });
  const run = (name: string, { owner = name, subject = name }: Partial<SharedWork> = {}) =>
    shared.run({ name, owner, subject });
  return { shared, open, alone, run, pass: (ms: number) => (now += ms) };
}

const names = (prefix: string, count: number) => Array.from({ length: count }, (_, n) => `${prefix}${n}`);

describe('shared transactions', () => {
  it('begin at once for what has arrived in one turn, each author once', async () => {
    const { open, alone, run } = stage();
    const done = [run('a'), run('b'), run('a again', { owner: 'a' })];
    await settled();
    expect(open.map((one) => one.names)).toEqual([['a', 'b']]);
    expect(alone).toEqual(['a again']);
    await open[0]!.end();
    expect(await Promise.all(done)).toEqual(['a together', 'b together', 'a again alone']);
  });

  it('gather what comes while four are under way, thirty-two for each', async () => {
    const { open, run } = stage();
    for (const name of names('first', 4)) {
      void run(name);
      await settled();
    }
    const later = names('later', 34).map((name) => run(name));
    await settled();
    expect(open).toHaveLength(4);
    await open[2]!.end();
    expect(open[4]!.names).toEqual(names('later', 32));
    await open[0]!.end();
    expect(open[5]!.names).toEqual(['later32', 'later33']);
    for (const { end } of open.slice(4)) await end();
    expect(await Promise.all(later)).toHaveLength(34);
  });

  it('of one node never lock the rows of one article at once, and others do not wait for them', async () => {
    const { open, run } = stage();
    void run('a', { subject: 'article' });
    await settled();
    void run('b', { subject: 'article' });
    void run('c', { subject: 'article' });
    void run('d');
    await settled();
    expect(open.map((one) => one.names)).toEqual([['a'], ['d']]);
    await open[0]!.end();
    expect(open[2]!.names).toEqual(['b', 'c']);
  });

  it('leave to a transaction of its own what they did not do', async () => {
    const { open, run } = stage();
    const done = [run('a'), run('b')];
    await settled();
    await open[0]!.end(['ALONE', { done: 'b together' }]);
    expect(await Promise.all(done)).toEqual(['a alone', 'b together']);
    // Its author and its article are free again.
    void run('a');
    await settled();
    expect(open[1]!.names).toEqual(['a']);
  });

  it('that the server has refused are done again one by one, and apart for ten seconds', async () => {
    const { open, alone, run, pass } = stage();
    const done = [run('a', { subject: 'article' }), run('b')];
    await settled();
    void run('later', { subject: 'article' });
    await settled();
    await open[0]!.fail(refusedBy('55P03'));
    expect(await Promise.all(done)).toEqual(['a alone', 'b alone']);
    expect(alone).toEqual(['a', 'b', 'later']);
    pass(9999);
    expect(await run('of the article', { subject: 'article' })).toBe('of the article alone');
    expect(await run('of the author', { owner: 'b' })).toBe('of the author alone');
    pass(1);
    void run('after', { subject: 'article' });
    void run('b');
    await settled();
    expect(open[1]!.names).toEqual(['after', 'b']);
  });

  it.each([
    ['the connection was lost', new Error('Connection terminated')],
    ['the server ended', refusedBy('57P01')],
    ['the server could not write its log', refusedBy('53100')],
  ])(
    'of which nobody knows whether they were committed, because %s, are not done again',
    async (_, error) => {
      const { open, alone, run } = stage();
      const done = Promise.allSettled([run('a'), run('b')]);
      await settled();
      await open[0]!.fail(error);
      expect(await done).toMatchObject([
        { status: 'rejected', reason: error },
        { status: 'rejected', reason: error },
      ]);
      expect(alone).toEqual([]);
    },
  );

  it('pause for ten seconds if a connection ended: whoever waits and whoever comes is alone', async () => {
    const { open, run, pass } = stage();
    const first = Promise.allSettled([run('a', { subject: 'article' })]);
    await settled();
    const waits = run('b', { subject: 'article' });
    await settled();
    await open[0]!.fail(new Error('Connection terminated'));
    await first;
    expect(await waits).toBe('b alone');
    pass(9999);
    expect(await run('c')).toBe('c alone');
    pass(1);
    void run('a');
    await settled();
    expect(open[1]!.names).toEqual(['a']);
  });

  it('have none of a subject for ten seconds whose rules want work alone, but others of its owner', async () => {
    const { open, run, pass } = stage();
    const done = run('a', { subject: 'article' });
    await settled();
    await open[0]!.end(['SUBJECT_ALONE']);
    expect(await done).toBe('a alone');
    expect(await run('b', { subject: 'article' })).toBe('b alone');
    void run('elsewhere', { owner: 'a' });
    await settled();
    expect(open[1]!.names).toEqual(['elsewhere']);
    pass(10_000);
    void run('b', { subject: 'article' });
    await settled();
    expect(open[2]!.names).toEqual(['b']);
  });

  it('refuse who has waited too long, also while nothing ends', async () => {
    const { shared, open, run, pass } = stage(20);
    void run('a', { subject: 'article' });
    await settled();
    const waits = run('b', { subject: 'article' });
    await settled();
    expect(shared.waiting).toBe(1);
    pass(20);
    await expect(waits).rejects.toBeInstanceOf(BusyError);
    expect(shared.waiting).toBe(0);
    await open[0]!.end();
    // Its author is free again.
    void run('b', { subject: 'article' });
    await settled();
    expect(open[1]!.names).toEqual(['b']);
  });

  it('have at most two hundred who wait', async () => {
    const { alone, run } = stage();
    void run('first', { subject: 'article' });
    await settled();
    for (const name of names('waiting', 200)) void run(name, { subject: 'article' });
    await settled();
    expect(alone).toEqual([]);
    expect(await run('one too many', { subject: 'article' })).toBe('one too many alone');
  });
});

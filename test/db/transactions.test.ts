import { describe, expect, it } from '@jest/globals';
import { LocalBus } from '../../src/events/bus.ts';
import { EventLog } from '../../src/events/log.ts';
import { useApp } from '../support/app.ts';

const insert = 'INSERT INTO tag (name) VALUES ($1) RETURNING name';
const insertBroken = 'INSERT INTO tag (name) SELECT $1 WHERE 1 / 0 = 1';
const divisionByZero = { code: '22012' };

describe('a transaction', () => {
  const app = useApp();

  const names = async (prefix: string): Promise<string[]> => {
    const rows = await app().app.db.query<{ name: string }>(
      'SELECT name FROM tag WHERE name LIKE $1 ORDER BY id',
      [`${prefix}%`],
    );
    return rows.map(({ name }) => name);
  };

  it('runs concurrent statements in the order of the calls', async () => {
    const order = ['order c', 'order a', 'order b'];
    await app().app.db.transaction((tx) => Promise.all(order.map((name) => tx.query(insert, [name]))));
    expect(await names('order')).toEqual(order);
  });

  it('fails with the first error, whichever statement is awaited, and leaves no rows', async () => {
    const attempt = app().app.db.transaction(async (tx) => {
      const together = [
        tx.query(insert, ['first a']),
        tx.query(insertBroken, ['first b']),
        tx.query(insert, ['first c']),
      ];
      const [, , behind] = await Promise.allSettled(together);
      expect(behind).toMatchObject({ status: 'rejected', reason: divisionByZero });
      await Promise.all(together);
    });
    await expect(attempt).rejects.toMatchObject(divisionByZero);
    expect(await names('first')).toEqual([]);
  });

  it('is not considered committed if it ignored a failure', async () => {
    const committed: string[] = [];
    const attempt = app().app.db.transaction(async (tx) => {
      tx.afterCommit(() => committed.push('hint'));
      await tx.query(insert, ['ignored']);
      await tx.query(insertBroken, ['ignored']).catch(() => undefined);
    });
    await expect(attempt).rejects.toThrow('A failed statement was ignored');
    expect([await names('ignored'), committed]).toEqual([[], []]);
  });

  it('commits with its sealed statement, or not at all', async () => {
    const { db } = app().app;
    await db.transaction(async (tx) => {
      await Promise.all([tx.query(insert, ['last a']), tx.seal(insert, ['last b'])]);
      await expect(tx.query(insert, ['last c'])).rejects.toThrow('The transaction is sealed');
    });
    expect(await names('last')).toEqual(['last a', 'last b']);

    const attempt = db.transaction(async (tx) => {
      await Promise.all([tx.query(insert, ['never a']), tx.seal(insertBroken, ['never b'])]);
    });
    await expect(attempt).rejects.toMatchObject(divisionByZero);
    expect(await names('never')).toEqual([]);
  });

  it('allows reads after its commit, and is not retried whatever fails there', async () => {
    const { db } = app().app;
    let runs = 0;
    const attempt = db.transaction(async (tx) => {
      runs += 1;
      await expect(tx.behind.query('SELECT 1')).rejects.toThrow('was not sent yet');
      const sealed = tx.seal(insert, [`behind ${runs}`]);
      const seen = tx.behind.query('SELECT name FROM tag WHERE name = $1', ['behind 1']);
      await sealed;
      expect(await seen).toEqual([{ name: 'behind 1' }]);
      expect(await names('behind')).toEqual(['behind 1']);
      // A deadlock, after which a transaction is normally retried.
      throw Object.assign(new Error('deadlock detected'), { code: '40P01' });
    });
    await expect(attempt).rejects.toThrow('A failure followed the commit');
    expect([await names('behind'), runs]).toEqual([['behind 1'], 1]);
  });

  it('writes no event of an article without a counter', async () => {
    const { db } = app().app;
    const log = new EventLog(new LocalBus());
    const articleId = '4242424242';
    const attempt = db.transaction(async (tx) => {
      await Promise.all([
        tx.query(insert, ['uncounted']),
        log.append(tx, { articleId, kind: 'ARTICLE_UPDATED' }),
      ]);
    });
    await expect(attempt).rejects.toMatchObject({ code: '23502' });
    expect(await names('uncounted')).toEqual([]);
  });
});

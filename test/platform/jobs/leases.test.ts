import { randomUUID } from 'node:crypto';
import { expect, it } from '@jest/globals';
import type { Queryable } from '../../../src/platform/db/database.ts';
import { isGoneSql, pruneProcesses } from '../../../src/platform/jobs/process.queries.ts';
import { type IsHeld, Leases } from '../../../src/platform/jobs/leases.ts';
import { pruneWorkLeases, takeWork, type WorkKey } from '../../../src/platform/jobs/work-lease.queries.ts';
import { useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

const app = useApp();
const onError = (error: unknown): never => {
  throw error;
};

/** A database to which statements go when they may. */
class Gate implements Queryable {
  statements = 0;
  open = Promise.resolve();

  async query<Row>(text: string, values?: readonly unknown[]): Promise<Row[]> {
    this.statements += 1;
    await this.open;
    return app().app.db.query<Row>(text, values);
  }
}

async function isGone({ processId }: Leases): Promise<boolean> {
  const [row] = await app().app.db.query<{ isGone: boolean }>(
    `SELECT ${isGoneSql('k.id')} AS "isGone" FROM (SELECT $1::uuid AS id) k`,
    [processId],
  );
  return row?.isGone ?? false;
}

/** Holds something until it is told to stop. */
function hold(leases: Leases): { held: Promise<IsHeld>; end: () => Promise<void> } {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  let tell = (_isHeld: IsHeld): void => undefined;
  const held = new Promise<IsHeld>((resolve) => (tell = resolve));
  const work = leases.during((isHeld) => {
    tell(isHeld);
    return over;
  });
  return {
    held,
    end: () => {
      end();
      return work;
    },
  };
}

it('a process counts as alive for as long as it holds something, and asks nothing otherwise', async () => {
  const db = new Gate();
  const leases = new Leases({ db, onError });
  expect([db.statements, await isGone(leases)]).toEqual([0, true]);
  const { held, end } = hold(leases);
  const isHeld = await held;
  await eventually('some heartbeats', () => db.statements >= 5);
  expect([isHeld(), await isGone(leases)]).toEqual([true, false]);
  await end();
  const { statements } = db;
  await eventually('the process to be gone', () => isGone(leases));
  expect([db.statements, isHeld()]).toEqual([statements, false]);
});

it('a process whose heartbeats were late holds nothing of before, and what it takes from then on', async () => {
  const db = new Gate();
  const leases = new Leases({ db, onError });
  const { held, end } = hold(leases);
  const isHeld = await held;
  let open = (): void => undefined;
  db.open = new Promise((resolve) => (open = resolve));
  let wasHeld = isHeld();
  await eventually('the process to be gone', async () => {
    const now = isHeld();
    if (!(await isGone(leases))) return false;
    wasHeld = now && isHeld();
    return true;
  });
  // It knows before anybody else can take something.
  expect(wasHeld).toBe(false);
  open();
  await eventually('the next heartbeat', async () => !(await isGone(leases)));
  expect(isHeld()).toBe(false);
  expect(await leases.during((isHeldNow) => Promise.resolve(isHeldNow()))).toBe(true);
  await end();
});

it('processes that are long gone are removed', async () => {
  const { db } = app().app;
  await db.query(
    `INSERT INTO process (id, alive_until) SELECT gen_random_uuid(), now() - n * interval '40 minutes' FROM generate_series(1, 3) n`,
  );
  const [{ now } = { now: new Date() }] = await db.query<{ now: Date }>('SELECT now() AS now');
  expect(await db.transaction((tx) => pruneProcesses(tx, now))).toEqual({
    removed: { process: 2 },
    more: false,
  });
});

it('work is done by one process at a time, and what one has left by another one, at once the first time and then after pauses', async () => {
  const { db } = app().app;
  const [one, other] = [new Leases({ db, onError }), new Leases({ db, onError })];
  const key = { kind: 'ERASURE', subjectId: '1' } as const;
  const done: string[] = [];
  const work = (by: string) => () => Promise.resolve(void done.push(by));
  const { held, end } = holdAlone(one, key);
  await held;
  expect([await other.alone(key, work('other')), await one.alone(key, work('one'))]).toEqual([false, false]);
  expect(await other.alone({ ...key, subjectId: '2' }, work('another work'))).toBe(true);
  await end();
  expect(await other.alone(key, work('other'))).toBe(true);
  await expect(other.alone(key, () => Promise.reject(new Error('fails')))).rejects.toThrow('fails');
  expect(await db.query('SELECT FROM work_lease')).toEqual([]);
  expect(done).toEqual(['another work', 'other']);
  /** A process that is gone. */
  const take = () => takeWork(db, key, randomUUID());
  expect([await take(), await take(), await take()]).toEqual([true, true, false]);
  for (const seconds of [30, 60, 120]) {
    await pass(seconds - 10);
    expect([seconds, await take()]).toEqual([seconds, false]);
    await pass(11);
    expect([seconds, await take()]).toEqual([seconds, true]);
  }
  // Nobody comes back for it.
  await pass(26 * 3600);
  const [{ now } = { now: new Date() }] = await db.query<{ now: Date }>('SELECT now() AS now');
  expect(await db.transaction((tx) => pruneWorkLeases(tx, now))).toEqual({
    removed: { work_lease: 1 },
    more: false,
  });
});

const pass = (seconds: number) =>
  app().app.db.query(`UPDATE work_lease SET look_at = look_at - $1 * interval '1 second'`, [seconds]);

/** Does work until it is told to stop. */
function holdAlone(leases: Leases, key: WorkKey): { held: Promise<void>; end: () => Promise<unknown> } {
  let end = (): void => undefined;
  const over = new Promise<void>((resolve) => (end = resolve));
  let tell = (): void => undefined;
  const held = new Promise<void>((resolve) => (tell = resolve));
  const work = leases.alone(key, () => {
    tell();
    return over;
  });
  return {
    held,
    end: () => {
      end();
      return work;
    },
  };
}

import { describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { claimIdempotencyKey } from '../../../src/platform/idempotency/idempotency.queries.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { prune as pruneAll, type PruneTask } from '../../../src/platform/db/pruning.ts';
import { ageEvents } from '../../support/aged.ts';
import { TestApp, useApp } from '../../support/app.ts';
import { onDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { features } from '../../../src/app/features.ts';
import { pruningTasks } from '../../../src/platform/feature/gather.ts';

describe('pruning', () => {
  const service = useApp();

  function pruningOf(tasks: readonly PruneTask[]) {
    const faults: [string, unknown][] = [];
    const onError = (error: unknown, task: string): void => void faults.push([task, error]);
    return {
      run: (signal?: AbortSignal) => pruneAll({ db: service().app.db, tasks, onError }, signal),
      faults,
    };
  }

  const prune = () => pruningOf(pruningTasks(features, parseConfig({ EVENT_RETENTION_HOURS: '720' }))).run();

  /** A task of `steps` steps, each of which removes one row. */
  const counting = (name: string, steps = Number.POSITIVE_INFINITY) => {
    const task = {
      name,
      done: 0,
      step: () => {
        task.done += 1;
        return Promise.resolve({ removed: { [name]: 1 }, more: task.done < steps });
      },
    };
    return task;
  };

  it('runs all its tasks step by step', async () => {
    const pruning = pruningOf([counting('one', 3), counting('two', 1)]);
    expect(await pruning.run()).toEqual({
      outcome: 'done',
      removed: { one: 3, two: 1 },
      seconds: expect.any(Number),
    });
  });

  it('passes the same time to all steps, so that newly expired rows do not prolong a run', async () => {
    const times: Date[] = [];
    const step: PruneTask['step'] = (_tx, at) => {
      times.push(at);
      return Promise.resolve({ removed: {}, more: times.length < 3 });
    };
    await pruningOf([{ name: 'timed', step }]).run();
    expect(times).toEqual([times[0], times[0], times[0]]);
  });

  it('stops when another node prunes', async () => {
    const pruning = pruningOf([counting('one', 3)]);
    await onDatabase(service().database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT pg_advisory_xact_lock($1, $2)', [0x737464, 0x70726e]);
      expect(await pruning.run()).toMatchObject({ outcome: 'busy', removed: {} });
    });
    expect(await pruning.run()).toMatchObject({ outcome: 'done', removed: { one: 3 } });
  });

  it('reports a fault, and continues with the next task', async () => {
    const { run, faults } = pruningOf([
      { name: 'first', step: (tx) => tx.query('SELECT 1 / 0').then(() => ({ removed: {}, more: false })) },
      counting('second', 1),
    ]);
    expect(await run()).toMatchObject({ outcome: 'failed', removed: { second: 1 } });
    expect(faults).toEqual([['first', expect.objectContaining({ code: '22012' })]]);
  });

  it('stops after the current step', async () => {
    const endless = counting('endless');
    const stopping = new AbortController();
    const running = pruningOf([endless]).run(stopping.signal);
    await eventually('a step', () => endless.done > 0);
    stopping.abort();
    expect(await running).toMatchObject({ outcome: 'stopped' });
  });

  it('runs in each node on its own, and allows the node to stop meanwhile', async () => {
    const settings = { EVENT_RETENTION_HOURS: '1', PRUNE_INTERVAL_SECONDS: '1' };
    const shared = { database: service().database };
    const nodes = await Promise.all([TestApp.start(settings, shared), TestApp.start(settings, shared)]);
    try {
      const user = await service().signUp();
      const { id, articleId } = await service().addArticle();
      await service().addComment(user, { articleId: id });
      await ageEvents(service().app.db, articleId, 1);
      const metrics = () =>
        Promise.all(nodes.map(({ url }) => fetch(`${url}/metrics`).then((r) => r.text())));
      const of = (text: string, name: string) => Number(text.split(`${name} `)[1]?.split('\n')[0] ?? 0);
      const removed = (texts: string[]) =>
        texts
          .map((text) => of(text, 'standfirst_pruned_rows_total{table="article_event"}'))
          .reduce((sum, rows) => sum + rows);
      // Both may have run before the event was old.
      await eventually('both to run, and one to remove the event', async () => {
        const texts = await metrics();
        const haveRun = texts.every((text) => of(text, 'standfirst_pruning_runs_total{outcome="done"}') > 0);
        return haveRun && removed(texts) > 0;
      });
      expect(removed(await metrics())).toBe(1);
    } finally {
      await Promise.all(nodes.map((node) => node.close()));
    }
  });

  describe('of idempotency keys', () => {
    const post = async (user: Parameters<TestApp['addComment']>[0], articleId: string, key: string) =>
      (await service().addComment(user, { articleId, idempotencyKey: key })).comment?.id;
    const age = (key: string, by: string) =>
      service().app.db.query(
        `UPDATE idempotency_key SET created_at = created_at - $2::interval WHERE key = $1`,
        [key, by],
      );

    it('keeps each key for 30 days, after which it is free', async () => {
      const user = await service().signUp();
      const { id } = await service().addArticle();
      const [kept, spent] = [randomUUID(), randomUUID()];
      const [first, second] = [await post(user, id, kept), await post(user, id, spent)];
      await age(kept, '29 days 23 hours');
      await age(spent, '30 days 1 minute');
      expect((await prune()).removed).toMatchObject({ idempotency_key: 1 });
      expect(await post(user, id, kept)).toBe(first);
      expect(await post(user, id, spent)).not.toBe(second);
    });

    it('does not disturb a retry at that moment', async () => {
      const { accountId } = await service().signUp();
      const claim = {
        accountId,
        key: randomUUID(),
        input: ['x'],
        articleId: '1',
        idSequence: 'comment_id_seq',
      } as const;
      const { db } = service().app;
      const before = await db.transaction((tx) => claimIdempotencyKey(tx, claim));
      await age(claim.key, '31 days');
      const after = await db.transaction((tx) =>
        claimIdempotencyKey(
          {
            ...tx,
            query: async (text, values) => {
              // Between the failed insert and the read of the existing key.
              if (text.includes('FROM idempotency_key')) await prune();
              return tx.query(text, values);
            },
          },
          claim,
        ),
      );
      expect(before.isFirst && after.isFirst).toBe(true);
      expect(after.resultId).not.toBe(before.resultId);
    });
  });

  describe('of sessions', () => {
    const refresh = async (refreshToken: string) => {
      const { refreshSession } = await service().data(
        `mutation ($input: RefreshSessionInput!) { refreshSession(input: $input) {
          session { refreshToken } userErrors { code } } }`,
        { input: { refreshToken } },
      );
      return refreshSession;
    };
    const age = (accountId: string, by: string) =>
      service().app.db.query(
        `WITH s AS (UPDATE session SET revoked_at = revoked_at - $2::interval WHERE account_id = $1 RETURNING id)
         UPDATE token_family SET expires_at = expires_at - $2::interval,
           expires_on = ((expires_at - $2::interval) AT TIME ZONE 'UTC')::date FROM s WHERE session_id = s.id`,
        [accountId, by],
      );
    const left = async (accountId: string) => {
      const [row] = await service().app.db.query<{ sessions: number; families: number }>(
        `SELECT count(DISTINCT s.id)::int AS sessions, count(DISTINCT f.family_hash)::int AS families
         FROM session s LEFT JOIN token_family f ON f.session_id = s.id WHERE s.account_id = $1`,
        [accountId],
      );
      return row;
    };

    it('removes sessions whose refresh token expired a day ago', async () => {
      const [idle, active] = [await service().signUp(), await service().signUp()];
      await age(idle.accountId, '30 days 23 hours');
      await age(active.accountId, '29 days');
      const { session } = await refresh(active.refreshToken);
      await prune();
      for (const { accountId } of [idle, active])
        expect(await left(accountId)).toEqual({ sessions: 1, families: 1 });
      await age(idle.accountId, '2 hours');
      expect((await prune()).removed).toMatchObject({ token_family: 1, session: 1 });
      expect(await left(idle.accountId)).toEqual({ sessions: 0, families: 0 });
      expect((await refresh(idle.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
      expect((await refresh(session.refreshToken)).userErrors).toEqual([]);
    });

    it('removes ended sessions a day later, with their tokens', async () => {
      const [user, other] = [await service().signUp(), await service().signUp()];
      await refresh(user.refreshToken);
      await service().data('mutation { signOut { userErrors { code } } }', {}, user.token);
      await age(user.accountId, '23 hours');
      await prune();
      expect(await left(user.accountId)).toEqual({ sessions: 1, families: 1 });
      await age(user.accountId, '2 hours');
      expect((await prune()).removed).toMatchObject({ token_family: 1, session: 1 });
      expect(await left(user.accountId)).toEqual({ sessions: 0, families: 0 });
      expect(await left(other.accountId)).toEqual({ sessions: 1, families: 1 });
      expect((await refresh(user.refreshToken)).userErrors).toEqual([{ code: 'SESSION_ENDED' }]);
      const { errors } = await service().query('{ viewer { name } }', {}, { token: user.token });
      expect(errors?.[0]?.extensions.code).toBe('UNAUTHENTICATED');
    });
  });
});

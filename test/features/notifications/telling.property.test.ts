/** @seconds 15 */
import { beforeAll, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database, Tx } from '../../../src/platform/db/database.ts';
import { LocalBus } from '../../../src/platform/events/bus.ts';
import { Inbox } from '../../../src/features/notifications/inbox/inbox.ts';
import { selectDueArticles } from '../../../src/features/notifications/telling/tell.queries.ts';
import { TellService } from '../../../src/features/notifications/telling/tell.service.ts';
import { useApp } from '../../support/app.ts';
import { notificationKinds, tellAll as tellEverything } from '../../support/notifications.ts';

// Logs are written directly, in any order that the service could have written. Workers of the test tell of them, in small
// steps, at the same time, and dying at any of their statements; each inbox must equal what the log says.

const app = useApp({ NOTIFICATION_POLL_MS: '600000' });
const db = (): Database => app().app.db;

/** The number of accounts of a log. Account 0 owns the article. */
const accounts = 5;
let accountIds: string[];

beforeAll(async () => {
  accountIds = [];
  for (let n = 0; n < accounts; n++) accountIds.push((await app().signUp(`Ada Example ${n}`)).accountId);
});

type Act =
  | {
      readonly type: 'comment';
      readonly by: number | null;
      readonly parent: number | null;
      /** Whether it was imported, which nobody is told of. */
      readonly isImported?: boolean;
    }
  | { readonly type: 'endorse'; readonly by: number | null; readonly isImported?: boolean }
  | { readonly type: 'pledge'; readonly by: number; readonly withdrawn: boolean }
  | { readonly type: 'news'; readonly kind: 'MILESTONE_REACHED' | 'MILESTONE_SETTLED' | 'CAMPAIGN_ENDED' }
  | { readonly type: 'noise' };

const account = fc.integer({ min: 0, max: accounts - 1 });
const imported = fc.integer({ min: 0, max: 4 }).map((n) => n === 0);
const act: fc.Arbitrary<Act> = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.record({
      type: fc.constant('comment' as const),
      by: fc.option(account),
      parent: fc.option(fc.nat({ max: 30 })),
      isImported: imported,
    }),
  },
  fc.record({ type: fc.constant('endorse' as const), by: fc.option(account), isImported: imported }),
  fc.record({ type: fc.constant('pledge' as const), by: account, withdrawn: fc.boolean() }),
  fc.record({
    type: fc.constant('news' as const),
    kind: fc.constantFrom('MILESTONE_REACHED', 'MILESTONE_SETTLED', 'CAMPAIGN_ENDED'),
  }),
  fc.constant({ type: 'noise' as const }),
);

/** A notification as text: kind and subject. */
type Expected = Map<string, string[]>;

class Journal {
  readonly articleId: string;
  readonly #told: Expected = new Map();
  readonly #comments: { id: string; rootId: string; by: string | null; depth: number }[] = [];
  readonly #backers = new Set<string>();
  #endorsed = 0;
  #pledges = 0;

  private constructor(articleId: string) {
    this.articleId = articleId;
  }

  static async begin(): Promise<Journal> {
    const slug = `journal-${Math.random().toString(36).slice(2)}`;
    const { articleId } = await app().addArticle({
      journalist: { slug: 'owner-example', name: 'Owner Example' },
    });
    await db().query('UPDATE journalist SET account_id = $1 WHERE slug = $2', [
      accountIds[0],
      'owner-example',
    ]);
    await db().query(
      `INSERT INTO campaign (article_id, currency, status, deadline, test_mode, launched_at)
       VALUES ($1, 'EUR', 'LIVE', now() + interval '1 day', true, now())`,
      [articleId],
    );
    await db().query(
      `INSERT INTO milestone (article_id, position, title, description, goal, status)
       VALUES ($1, 1, $2, '', 1000, 'OPEN')`,
      [articleId, slug],
    );
    return new Journal(articleId);
  }

  get expected(): Record<string, string[]> {
    return Object.fromEntries(
      accountIds.map((accountId) => [accountId, this.#told.get(accountId) ?? []] as const),
    );
  }

  async write(acts: readonly Act[]): Promise<void> {
    for (const one of acts) await this.#write(one);
  }

  #tell(accountId: string | null | undefined, by: string | null, text: string): void {
    if (accountId == null || accountId === by) return;
    this.#told.set(accountId, [...(this.#told.get(accountId) ?? []), text]);
  }

  async #write(one: Act): Promise<void> {
    switch (one.type) {
      case 'comment':
        return this.#comment(one.by === null ? null : (accountIds[one.by] ?? null), one);
      case 'endorse':
        return this.#endorse(one.by === null ? null : (accountIds[one.by] ?? null), one.isImported === true);
      case 'pledge':
        return this.#pledge(accountIds[one.by] ?? '', one.withdrawn);
      case 'news': {
        await this.#append(one.kind, one.kind === 'CAMPAIGN_ENDED' ? undefined : 1);
        for (const backer of this.#backers)
          this.#tell(backer, null, one.kind === 'CAMPAIGN_ENDED' ? one.kind : `${one.kind} 1`);
        return;
      }
      case 'noise':
        return this.#append('ARTICLE_UPDATED');
    }
  }

  async #comment(
    by: string | null,
    { parent: at, isImported = false }: { parent: number | null; isImported?: boolean },
  ): Promise<void> {
    const parent = at === null ? undefined : this.#comments[at % Math.max(1, this.#comments.length)];
    const [row] = await db().query<{ id: string }>(
      `WITH made AS (SELECT nextval('comment_id_seq') AS id)
       INSERT INTO comment (article_id, id, parent_id, root_id, depth, path, ordinal, account_id, author_name, status,
         listed, body_markdown, body_html, body_text, created_at, created_precision,
         import_key)
       SELECT $1, id, $2, coalesce($3, id), $4, int8send(id), id, $5, 'Somebody', 'PUBLISHED', true, 'x', 'x', 'x', now(),
         'INSTANT', CASE WHEN $6::boolean THEN 'key-' || id END FROM made RETURNING id::text AS id`,
      [
        this.articleId,
        parent?.id ?? null,
        parent?.rootId ?? null,
        parent ? parent.depth + 1 : 0,
        by,
        isImported,
      ],
    );
    const id = row?.id ?? '';
    this.#comments.push({ id, rootId: parent?.rootId ?? id, by, depth: parent ? parent.depth + 1 : 0 });
    await this.#append('COMMENT_ADDED', id);
    if (isImported) return;
    if (parent) this.#tell(parent.by, by, `REPLY ${id}`);
    else this.#tell(accountIds[0], by, `ARTICLE_COMMENT ${id}`);
  }

  async #endorse(by: string | null, isImported: boolean): Promise<void> {
    const [row] = await db().query<{ id: string }>(
      `INSERT INTO endorsement (article_id, ordinal, account_id, display_name, listed, created_at, created_precision,
         import_key)
       VALUES ($1, $2, $3, 'E Example', true, now(), 'INSTANT', $4) RETURNING id::text AS id`,
      [this.articleId, ++this.#endorsed, by, isImported ? `key-${this.#endorsed}` : null],
    );
    await this.#append('ENDORSEMENT_ADDED', row?.id);
    if (!isImported) this.#tell(accountIds[0], by, `ENDORSEMENT ${row?.id}`);
  }

  async #pledge(accountId: string, isWithdrawn: boolean): Promise<void> {
    await db().query(
      `INSERT INTO pledge (article_id, milestone, account_id, pseudonym, amount, status, activated_at)
       VALUES ($1, 1, $2, $3, 500, $4, clock_timestamp())`,
      [this.articleId, accountId, `pseudonym-${++this.#pledges}`, isWithdrawn ? 'WITHDRAWN' : 'COLLECTED'],
    );
    if (!isWithdrawn) this.#backers.add(accountId);
  }

  async #append(kind: string, subjectId?: string | number): Promise<void> {
    await db().query(
      `WITH bumped AS (
         UPDATE article_counter SET sequence = sequence + 1 WHERE article_id = $1 RETURNING sequence)
       INSERT INTO article_event (article_id, sequence, kind, subject_id)
       SELECT $1, sequence, $2, $3 FROM bumped`,
      [this.articleId, kind, subjectId ?? null],
    );
  }
}

/** What the inboxes have of an article, in their order. */
async function toldOf(articleId: string): Promise<Record<string, string[]>> {
  const rows = await db().query<{ accountId: string; text: string }>(
    `SELECT account_id::text AS "accountId", concat_ws(' ', kind, subject_id::text) AS text
     FROM notification WHERE article_id = $1 ORDER BY account_id, sequence`,
    [articleId],
  );
  const told: Record<string, string[]> = Object.fromEntries(accountIds.map((id) => [id, [] as string[]]));
  for (const { accountId, text } of rows) told[accountId]?.push(text);
  return told;
}

/** The database of a worker that dies at one of its statements, or just before the commit. */
function dying(statements: number): Pick<Database, 'transaction'> {
  let left = statements;
  const step = (): void => {
    if (left-- <= 0) throw new Error('Killed');
  };
  return {
    transaction: (work) =>
      db().transaction(async (tx) => {
        const mortal: Tx = {
          query: async (...args) => {
            step();
            return tx.query(...args);
          },
          seal: (...args) => tx.seal(...args),
          afterCommit: (hook) => tx.afterCommit(hook),
        };
        const value = await work(mortal);
        step();
        return value;
      }),
  };
}

const size = fc.record({ events: fc.integer({ min: 1, max: 6 }), accounts: fc.integer({ min: 1, max: 3 }) });
const inbox = (): Inbox => new Inbox(new LocalBus());

async function isTold(articleIds: readonly string[]): Promise<boolean> {
  const { due } = await selectDueArticles(db(), '0', 100_000);
  return !due.some((id) => articleIds.includes(id));
}

/** Workers of the articles, each with its own life, until everything is told. */
async function tellAll(
  articleIds: readonly string[],
  lives: readonly number[],
  step: { events: number; accounts: number },
) {
  const work = async (statements: number | undefined): Promise<void> => {
    const mortal = statements === undefined ? db() : dying(statements);
    const service = new TellService(mortal as Database, inbox(), notificationKinds, step);
    for (;;) {
      try {
        const unfinished = await service.tell(articleIds);
        if (unfinished.length === 0 && (statements !== undefined || (await isTold(articleIds)))) return;
      } catch (error) {
        if ((error as Error).message !== 'Killed') throw error;
        return;
      }
    }
  };
  for (const life of lives) await Promise.all([work(life), work(life + 3)]);
  await Promise.all([work(undefined), work(undefined)]);
}

it('whatever dies when, each inbox has what the log says, once and in its order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(act, { maxLength: 25 }), { minLength: 1, maxLength: 3 }),
      fc.array(act, { maxLength: 10 }),
      fc.array(fc.nat({ max: 40 }), { maxLength: 4 }),
      size,
      async (before, after, lives, step) => {
        const journals = await Promise.all(
          before.map(async (acts) => {
            const journal = await Journal.begin();
            await journal.write(acts);
            return journal;
          }),
        );
        const articleIds = journals.map(({ articleId }) => articleId);
        await Promise.all([tellAll(articleIds, lives, step), journals[0]?.write(after)]);
        await tellAll(articleIds, [], step);
        for (const journal of journals) expect(await toldOf(journal.articleId)).toEqual(journal.expected);
      },
    ),
    { numRuns: 25 },
  );
});

it('a worker that dies at each of its statements in turn leaves the rest to the next one', async () => {
  const journal = await Journal.begin();
  await journal.write([
    { type: 'comment', by: 1, parent: null },
    { type: 'comment', by: 2, parent: 0 },
    ...[1, 2, 3, 4].map((by) => ({ type: 'pledge' as const, by, withdrawn: false })),
    { type: 'news', kind: 'CAMPAIGN_ENDED' },
    { type: 'comment', by: 3, parent: 0 },
  ]);
  for (let statements = 0; statements < 30; statements++)
    await tellAllOnce(journal.articleId, statements, { events: 2, accounts: 2 });
  await tellAll([journal.articleId], [], { events: 2, accounts: 2 });
  expect(await toldOf(journal.articleId)).toEqual(journal.expected);
});

async function tellAllOnce(
  articleId: string,
  statements: number,
  step: { events: number; accounts: number },
) {
  const service = new TellService(dying(statements) as Database, inbox(), notificationKinds, step);
  await service.tell([articleId]).catch((error: unknown) => {
    if ((error as Error).message !== 'Killed') throw error;
  });
}

it('news of several articles are in the order of their times', async () => {
  const [first, second] = [await Journal.begin(), await Journal.begin()];
  for (const [minute, journal] of [second, first, second, first].entries()) {
    await journal.write([{ type: 'comment', by: 1, parent: null }]);
    await db().query(
      `UPDATE article_event SET occurred_at = timestamptz '2026-01-01' + $2 * interval '1 minute'
       WHERE article_id = $1 AND sequence = (SELECT max(sequence) FROM article_event WHERE article_id = $1)`,
      [journal.articleId, minute],
    );
  }
  await new TellService(db(), inbox(), notificationKinds).tell([first.articleId, second.articleId]);
  const rows = await db().query<{ articleId: string }>(
    `SELECT article_id::text AS "articleId" FROM notification
     WHERE article_id = ANY($1::bigint[]) AND account_id = $2 ORDER BY sequence`,
    [[first.articleId, second.articleId], accountIds[0]],
  );
  const expected = [second, first, second, first].map(({ articleId }) => articleId);
  expect(rows.map(({ articleId }) => articleId)).toEqual(expected);
});

it('two campaigns have their parts in turn', async () => {
  const journals = [await Journal.begin(), await Journal.begin()];
  for (const journal of journals)
    await journal.write([
      ...[1, 2, 3, 4].map((by) => ({ type: 'pledge' as const, by, withdrawn: false })),
      { type: 'news', kind: 'CAMPAIGN_ENDED' },
    ]);
  const service = new TellService(db(), inbox(), notificationKinds, { events: 200, accounts: 2 });
  const counts: number[][] = [];
  let due = journals.map(({ articleId }) => articleId);
  while (due.length > 0) {
    due = await service.tell(due);
    const told = await Promise.all(journals.map(({ articleId }) => toldOf(articleId)));
    counts.push(told.map((inboxes) => Object.values(inboxes).flat().length));
  }
  expect(counts.slice(0, 4)).toEqual([
    [2, 0],
    [2, 2],
    [4, 2],
    [4, 4],
  ]);
});

it('a worker finds what no node has told, a part of the articles at each look, and begins behind what was pruned', async () => {
  const [first, second] = [await Journal.begin(), await Journal.begin()];
  await first.write([{ type: 'comment', by: 1, parent: null }]);
  await second.write([
    { type: 'comment', by: 1, parent: null },
    { type: 'news', kind: 'CAMPAIGN_ENDED' },
  ]);
  await db().query('DELETE FROM article_event WHERE article_id = $1', [second.articleId]);
  await db().query('UPDATE article_counter SET pruned_sequence = sequence WHERE article_id = $1', [
    second.articleId,
  ]);
  const before = String(BigInt(first.articleId) - 1n);
  expect(await selectDueArticles(db(), before, 1)).toEqual({ due: [first.articleId], last: first.articleId });
  expect((await selectDueArticles(db(), first.articleId, 100)).due).toEqual([second.articleId]);
  await tellEverything(app());
  expect(await toldOf(first.articleId)).toEqual(first.expected);
  expect((await toldOf(second.articleId))[accountIds[0] ?? '']).toEqual([]);
  expect((await selectDueArticles(db(), before, 100)).due).toEqual([]);
});

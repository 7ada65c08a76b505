/** @seconds 15 */
import { expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Database, Tx } from '../../../../src/platform/db/database.ts';
import { LocalBus } from '../../../../src/platform/events/bus.ts';
import {
  relayStatement,
  selectUnrelayed,
} from '../../../../src/features/integrations/site-log/relay.queries.ts';
import { RelayService } from '../../../../src/features/integrations/site-log/relay.service.ts';
import { useApp } from '../../../support/app.ts';
import { checkSiteLog } from '../../../../harness/site-log.ts';

// Logs are written directly, in any order that the service could have written, while relays of the test carry them, in
// small steps, at the same time, and dying at any of their statements.

const app = useApp();
const db = (): Database => app().app.db;

type Act = 'comment' | 'edit' | 'publish' | 'unlock' | 'unpublish';

/** One article's log, and the events of it that are public. */
class Journal {
  readonly articleId: string;
  readonly expected: string[] = [];
  #status: string;
  #sequence = 0;

  private constructor(articleId: string, isImported: boolean) {
    this.articleId = articleId;
    this.#status = isImported ? 'PUBLISHED' : 'DRAFT';
    if (isImported) this.expected.push('0 ARTICLE_UPDATED true');
  }

  static async begin(isImported: boolean): Promise<Journal> {
    const { articleId } = await app().addArticle();
    if (!isImported) await db().query(`UPDATE article SET status = 'DRAFT' WHERE id = $1`, [articleId]);
    return new Journal(articleId, isImported);
  }

  async write(acts: readonly Act[]): Promise<void> {
    for (const act of acts) await this.#write(act);
  }

  async #write(act: Act): Promise<void> {
    const isPublic = this.#status === 'PUBLISHED';
    // Drafts have no events. Articles that were unpublished have some, such as of comments of accounts that are erased.
    if (act === 'comment' && this.#status !== 'DRAFT') return this.#append('COMMENT_ADDED', isPublic);
    if (act === 'edit' && isPublic) return this.#append('ARTICLE_UPDATED', true);
    if (act === 'publish' && !isPublic) {
      this.#status = 'PUBLISHED';
      return this.#append('ARTICLE_UPDATED', true, true);
    }
    if (act === 'unlock' && this.#status === 'DRAFT') {
      this.#status = 'PUBLISHED';
      return this.#append('ARTICLE_UNLOCKED', true, true);
    }
    if (act === 'unpublish' && isPublic) {
      this.#status = 'UNPUBLISHED';
      return this.#append('ARTICLE_UNPUBLISHED', true);
    }
  }

  async #append(kind: string, isShown: boolean, publishes = false): Promise<void> {
    this.#sequence += 1;
    if (isShown) this.expected.push(`${this.#sequence} ${kind} ${publishes}`);
    await db().query(
      `WITH changed AS (UPDATE article SET status = $3, published_at = coalesce(published_at, now()),
           published_precision = coalesce(published_precision, 'INSTANT') WHERE id = $1),
         bumped AS (UPDATE article_counter SET sequence = sequence + 1 WHERE article_id = $1 RETURNING sequence)
       INSERT INTO article_event (article_id, sequence, kind) SELECT $1, sequence, $2 FROM bumped`,
      [this.articleId, kind, this.#status],
    );
  }
}

/** What the site's log has of an article, in its order. */
async function relayedOf(articleId: string): Promise<string[]> {
  const rows = await db().query<{ text: string }>(
    `SELECT concat_ws(' ', article_sequence, kind, publishes::text) AS text FROM site_event WHERE article_id = $1
     ORDER BY sequence`,
    [articleId],
  );
  return rows.map(({ text }) => text);
}

/** An imported article whose first event is an edit may be public by that event, if no relay came before it. */
function normal(events: readonly string[]): readonly string[] {
  const [first, second, ...rest] = events;
  const isEdited = first === '0 ARTICLE_UPDATED true' && second === '1 ARTICLE_UPDATED false';
  return isEdited ? ['1 ARTICLE_UPDATED true', ...rest] : events;
}

/** The database of a relay that dies at one of its statements, or just before it learns of the commit. */
function dying(statements: number): Pick<Database, 'transaction'> {
  let left = statements;
  const step = (): void => {
    if (left-- <= 0) throw new Error('Killed');
  };
  return {
    transaction: async (work) => {
      const value = await db().transaction((tx) => {
        const mortal: Tx = {
          query: (...args) => {
            step();
            return tx.query(...args);
          },
          seal: (...args) => {
            step();
            return tx.seal(...args);
          },
          afterCommit: (hook) => tx.afterCommit(hook),
        };
        return work(mortal);
      });
      step();
      return value;
    },
  };
}

async function relay(
  journals: readonly Journal[],
  { life, eventsPerArticle }: { life?: number; eventsPerArticle: number },
): Promise<void> {
  const database = (life === undefined ? db() : dying(life)) as Database;
  const service = new RelayService({ db: database, bus: new LocalBus(), eventsPerArticle });
  try {
    for (let due = journals.map(({ articleId }) => articleId); due.length > 0;)
      due = [...(await service.relay(due))];
  } catch (error) {
    if ((error as Error).message !== 'Killed') throw error;
  }
}

const acts = (maxLength: number) =>
  fc.array(fc.constantFrom<Act>('comment', 'comment', 'edit', 'publish', 'unlock', 'unpublish'), {
    maxLength,
  });

it('whatever dies when, the site’s log has each public event once, without a gap, in its article’s order', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.tuple(fc.boolean(), acts(8), acts(8)), { minLength: 1, maxLength: 3 }),
      fc.array(fc.nat({ max: 7 }), { maxLength: 4 }),
      fc.integer({ min: 1, max: 5 }),
      async (articles, lives, eventsPerArticle) => {
        const written = await Promise.all(
          articles.map(async ([isImported, before, after]) => {
            const journal = await Journal.begin(isImported);
            await journal.write(before);
            return { journal, after };
          }),
        );
        const journals = written.map(({ journal }) => journal);
        await Promise.all([
          ...written.map(({ journal, after }) => journal.write(after)),
          ...lives.map((life) => relay(journals, { life, eventsPerArticle })),
          relay(journals, { eventsPerArticle }),
        ]);
        await relay(journals, { eventsPerArticle });
        for (const { articleId, expected } of journals)
          expect(normal(await relayedOf(articleId))).toEqual(normal(expected));
        expect(await checkSiteLog(db())).toEqual([]);
        const first = journals[0]?.articleId ?? '0';
        expect((await selectUnrelayed(db(), String(BigInt(first) - 1n), 100)).due).toEqual([]);
      },
    ),
    { numRuns: 40 },
  );
});

it('the planner takes a step for what it is, before the tables were analysed as well', async () => {
  const analysed = await app().app.db.query<{ n: number }>(
    `SELECT count(*)::int AS n FROM pg_class WHERE relname IN ('site_event', 'site_position') AND reltuples > 0`,
  );
  expect(analysed).toEqual([{ n: 0 }]);
  const statement = relayStatement.replaceAll('$1', `'{1,2,3}'`).replaceAll('$2', '200');
  const [row] = await db().query<{ 'QUERY PLAN': [{ Plan: { 'Total Cost': number } }] }>(
    `EXPLAIN (FORMAT JSON) ${statement}`,
  );
  // PostgreSQL compiles what costs more than 100,000, which takes a second.
  expect(row?.['QUERY PLAN'][0].Plan['Total Cost']).toBeLessThan(50_000);
});

it('events that were pruned before they were carried make every earlier cursor reset', async () => {
  const [lost, other] = [await Journal.begin(true), await Journal.begin(true)];
  const both = [lost, other];
  await relay(both, { eventsPerArticle: 10 });
  const state = async () => {
    const [row] = await db().query<{ sequence: number; pruned: number }>(
      'SELECT sequence::int, pruned_sequence::int AS pruned FROM site_log',
    );
    return row;
  };
  const before = await state();
  await lost.write(['comment', 'comment', 'unpublish']);
  await other.write(['comment']);
  await db().query('DELETE FROM article_event WHERE article_id = $1', [lost.articleId]);
  await db().query('UPDATE article_counter SET pruned_sequence = sequence WHERE article_id = $1', [
    lost.articleId,
  ]);
  await relay(both, { eventsPerArticle: 10 });
  const burned = (before?.sequence ?? 0) + 1;
  expect(await state()).toEqual({ sequence: burned + 1, pruned: burned });
  // Nobody passes over that number without knowing.
  const { events } = await app().data('{ events(begin: OLDEST, first: 1) { events { position } } }');
  expect(events).toEqual({ events: [{ position: burned + 1 }] });
  // Once, and the article’s state is known again.
  await lost.write(['publish', 'comment']);
  await relay(both, { eventsPerArticle: 10 });
  expect(await state()).toEqual({ sequence: burned + 3, pruned: burned });
  expect((await relayedOf(lost.articleId)).slice(1)).toEqual([
    '4 ARTICLE_UPDATED true',
    '5 COMMENT_ADDED false',
  ]);
});

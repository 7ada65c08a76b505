/**
 * @seconds 40
 */
import { beforeAll, describe, expect, it } from '@jest/globals';
import { commentIdsOf } from '../features/comments/races.ts';
import { addRaceCampaign } from '../features/funding/races.ts';
import { type TestApp, type TestUser, useApp } from '../support/app.ts';
import { keyOf } from '../support/comments.ts';
import { eventually } from '../support/eventually.ts';
import { checkInvariants, recountDescendants } from '../../harness/invariants.ts';
import type { LiveEvent, Subscription } from '../support/live.ts';
import { races } from '../support/races/all.ts';
import type { RaceRole } from '../support/races/declaration.ts';
import { type RaceArticle, RaceRun, RaceWriter } from '../support/races/writer.ts';
import { fundingWorker, noFundingWork } from '../support/funding-worker.ts';
import { ProviderDouble } from '../support/provider-double.ts';
import { Random } from '../../harness/random.ts';
import { Replica, replicaQuery } from '../support/replica.ts';

const seed = Number(process.env.RACE_SEED ?? Date.now() % 1_000_000);
const operationsEach = Number(process.env.RACE_OPERATIONS ?? 24);
/** Maximum for each writer: chance decides which outcomes occur, and writers continue until all wanted ones have. */
const mostOperationsEach = 20 * operationsEach;
const writerCount = 50;
const editorCount = 3;
const moderatorCount = 4;

const roleOf = (n: number): RaceRole =>
  n < editorCount ? 'EDITOR' : n < editorCount + moderatorCount ? 'MODERATOR' : 'READER';

/**
 * A subscriber that listens from the start, and resumes from its last cursor whenever its stream ends: after close code
 * 1013, and, as a reader, after the article is unpublished. An editor's stream continues while the article is
 * unpublished.
 */
class Follower {
  readonly #app: TestApp;
  readonly #articleId: string;
  readonly facts: LiveEvent[] = [];
  readonly unexpected: unknown[] = [];
  #current: Subscription | undefined;
  #taken = 0;
  #cursor: string | undefined;
  #closeCode: number | undefined;
  readonly #editor: TestUser | undefined;
  readonly #mayMiss: boolean;

  /**
   * @param mayMiss whether the article is sometimes unpublished for this subscriber
   * @param editor undefined: a reader who is signed out
   */
  constructor(app: TestApp, articleId: string, mayMiss: boolean, editor?: TestUser) {
    this.#app = app;
    this.#articleId = articleId;
    this.#mayMiss = mayMiss;
    this.#editor = editor;
    this.#listen();
  }

  #listen(): void {
    this.#taken = 0;
    this.#closeCode = undefined;
    const client = this.#app.live.client({
      onClosed: (code) => (this.#closeCode = code),
      ...(this.#editor ? { token: this.#editor.token } : {}),
    });
    const variables = { articleId: this.#articleId, after: this.#cursor };
    this.#current = this.#app.live.subscribe(replicaQuery, variables, client);
  }

  /** Takes the events that have arrived. @returns the last one's sequence; 0: none yet; -1: the stream has not started */
  take(): number {
    const current = this.#current;
    if (!current) return -1;
    for (const event of current.events.slice(this.#taken)) {
      this.#cursor = event.cursor;
      if (event.__typename !== 'ArticleCheckpoint') this.facts.push(event);
    }
    this.#taken = current.events.length;
    if (current.completed && current.errors.length === 0) {
      const isTakenBack = this.facts.at(-1)?.__typename === 'ArticleUnpublished';
      if (!this.#mayMiss || !isTakenBack) this.unexpected.push('completed');
      this.#listen();
    }
    if (current.errors.length > 0) {
      // With so many writers in the same process, a subscriber may fall behind, and its socket is closed with 1013.
      if (this.#closeCode !== 1013 && !this.#isMissing(current.errors))
        this.unexpected.push(...current.errors);
      this.#listen();
    }
    return this.#cursor === undefined ? -1 : (this.facts.at(-1)?.sequence ?? 0);
  }

  /** A reader that is behind when the article is unpublished gets NOT_FOUND. */
  #isMissing(errors: readonly any[]): boolean {
    return this.#mayMiss && errors.every((error) => error?.extensions?.code === 'NOT_FOUND');
  }
}

/** The descendant counts that the API shows, by the comments' keys. */
async function shownDescendantCounts(app: TestApp, slug: string): Promise<Map<string, number>> {
  const shown = new Map<string, number>();
  for (let after: string | null = null, more = true; more;) {
    const { article } = await app.data(
      `query ($slug: String!, $after: Cursor) { article(slug: $slug) { allComments(first: 100, after: $after) {
        nodes { id descendantCount } pageInfo { hasNextPage endCursor } } } }`,
      { slug, after },
    );
    const { nodes, pageInfo } = article.allComments;
    for (const node of nodes) shown.set(keyOf(node.id), node.descendantCount);
    [after, more] = [pageInfo.endCursor, pageInfo.hasNextPage];
  }
  return shown;
}

describe('fifty writers who do everything at once', () => {
  const provider = new ProviderDouble();
  const service = useApp(
    {
      MAX_COMMENT_DEPTH: '12',
      MAX_REPLAY_EVENTS: '100000',
      // Fifty writers wait for four articles.
      DATABASE_WAIT_MS: '60000',
      ...noFundingWork,
    },
    { payments: provider },
  );
  const writers: TestUser[] = [];

  beforeAll(async () => {
    for (let n = 0; n < writerCount; n++) {
      writers.push(await service().signUp(`Writer ${n}`, roleOf(n)));
    }
  }, 240_000);

  async function makeArticles(): Promise<RaceArticle[]> {
    const articles: RaceArticle[] = [];
    for (let n = 0; n < 4; n++) {
      const comments = [
        { key: 'a', body: 'Imported', createdAt: '2015' },
        { key: 'b', parentKey: 'a', body: 'Imported', createdAt: '2016' },
      ];
      const article = await service().addArticle({ comments });
      const { listed } = await Replica.query(service(), article.slug);
      const [editor] = writers;
      if (!editor) throw new Error('There are writers');
      await addRaceCampaign(service(), editor, article, [3000, 8000, 20_000]);
      commentIdsOf(article).push(...listed.map(({ id }) => id));
      articles.push(article);
    }
    return articles;
  }

  it(`leave counts, log, streams and answers in agreement (RACE_SEED=${seed})`, async () => {
    const app = service();
    const articles = await makeArticles();
    const starts = await Promise.all(articles.map(({ slug }) => Replica.query(app, slug)));
    const run = new RaceRun(articles, provider);
    const { takenBack } = run;
    const followers = articles.map(({ id }, n) =>
      Array.from({ length: n === 0 ? 4 : 2 }, () => new Follower(app, id, id === takenBack.id)),
    );
    followers.at(-1)?.push(new Follower(app, takenBack.id, false, writers[0]));
    await eventually('all followers to listen', () =>
      followers.flat().every((follower) => follower.take() === 0),
    );

    // Collects, gives back and pays out beside the writers.
    const worker = fundingWorker(app, provider);
    let isWriting = true;
    const working = (async () => {
      while (isWriting) await worker.run();
    })();
    await Promise.all(
      writers.map(async (user, n) => {
        const writer = new RaceWriter(run, app, user, roleOf(n), new Random(seed + n));
        const goesOn = (step: number) =>
          step < operationsEach || (step < mostOperationsEach && run.missing().length > 0);
        for (let step = 0; goesOn(step); step++) {
          await writer.act();
          for (const follower of followers.flat()) follower.take();
        }
      }),
    );

    isWriting = false;
    await working;
    await worker.run();
    await checkInvariants(app.app.db);
    for (const { check } of races) await check?.(run, app);
    // All demanded outcomes, including conflicts between writers, have occurred.
    expect(run.missing()).toEqual([]);

    for (const [n, { articleId, slug }] of articles.entries()) {
      const recount = await recountDescendants(app.app.db, articleId);
      for (const [id, count] of await shownDescendantCounts(app, slug))
        expect([articleId, id, count]).toEqual([articleId, id, recount.get(id) ?? 0]);

      const log = await app.app.db.query<{ sequence: number; key: string | null }>(
        // The first event is the launch of the campaign, before anybody has listened.
        `SELECT sequence, idempotency_key AS key FROM article_event WHERE article_id = $1 AND sequence > 1
         ORDER BY sequence`,
        [articleId],
      );
      const end = log.at(-1)?.sequence ?? 0;
      const queried = await Replica.query(app, slug);
      for (const follower of followers[n] ?? []) {
        // The deadline applies to each event alone, so that a slow stream does not fail the test.
        for (let at = follower.take(); at < end && follower.unexpected.length === 0;) {
          const goesOn = () =>
            follower.take() > at || follower.unexpected.length > 0 ? follower.take() : undefined;
          at = (await eventually(`event ${at + 1} of ${end}`, goesOn)) ?? at;
        }
        expect(follower.unexpected).toEqual([]);
        expect(follower.facts.map((event) => [event.sequence, event.idempotencyKey ?? null])).toEqual(
          log.map(({ sequence, key }) => [
            sequence,
            follower.facts[sequence - 2]?.__typename === 'CommentAdded' ? key : null,
          ]),
        );
        const replica = starts[n];
        if (!replica) throw new Error('There was a start');
        // The start may already contain some of the changes; applying their events again changes nothing.
        for (const event of follower.facts) replica.apply(event);
        expect(replica.comments).toEqual(queried.listed);
        expect(replica.article).toEqual(queried.article);
        expect(replica.campaign).toEqual(queried.campaign);
      }
    }
    const [stats] = await app.app.db.query<{ deadlocks: number }>(
      'SELECT deadlocks::int FROM pg_stat_database WHERE datname = current_database()',
    );
    // A deadlock delays its victim by a second, after which the service runs it again; but none should occur.
    expect(stats).toEqual({ deadlocks: 0 });
  }, 600_000);
});

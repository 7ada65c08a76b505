import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { accountCount } from './initial-data.ts';

/*
 * Exact statements of the service's first version, which wrote them while the migrations of later versions were
 * applied.
 */

const nextId = `SELECT nextval('comment_id_seq')::text AS id`;

const lockArticle = `
SELECT a.status, a.comment_policy AS "commentPolicy", j.account_id::text AS "ownerAccountId"
FROM article a JOIN journalist j ON j.id = a.journalist_id WHERE a.id = $1 FOR SHARE OF a`;

const lockParent = `
SELECT id::text AS id, root_id::text AS "rootId", depth, path, status, account_id::text AS "accountId", listed
FROM comment WHERE article_id = $1 AND id = $2 FOR KEY SHARE`;

const lockComment = `
SELECT c.parent_id::text AS "parentId", c.root_id::text AS "rootId", c.depth, c.status, c.listed, c.revision
FROM comment c JOIN article a ON a.id = c.article_id JOIN journalist j ON j.id = a.journalist_id
WHERE c.article_id = $1 AND c.id = $2 FOR UPDATE OF c`;

const ordinal = '((extract(epoch FROM now) * 1000000)::bigint << 8) | ($2::bigint & 255)';
const signBit = '(-9223372036854775808)::bigint';

const insertComment = (isRoot: boolean) => `
WITH made AS (SELECT now, ${ordinal} AS ordinal FROM clock_timestamp() AS now),
placed AS (
  SELECT now, ordinal, coalesce($6::bytea, ''::bytea) ||
    ${isRoot ? `int8send((~(ordinal)) # ${signBit})` : `int8send((ordinal) # ${signBit})`} AS path FROM made
), inserted AS (
  INSERT INTO comment (article_id, id, parent_id, root_id, depth, path, ordinal, account_id, status, listed,
    body_markdown, body_html, body_text, created_at, created_precision)
  SELECT $1, $2, $3, $4, $5, path, ordinal, $7, $8, $8 = 'PUBLISHED', $9, $10, $11, now, 'INSTANT' FROM placed
  RETURNING article_id, id
)
INSERT INTO comment_counter (article_id, comment_id) SELECT article_id, id FROM inserted`;

const bumpAncestors = `
UPDATE comment_counter SET
  reply_count = reply_count + CASE WHEN comment_id = $2 THEN $4::int ELSE 0 END,
  listed_reply_count = listed_reply_count + CASE WHEN comment_id = $2 THEN $5::int ELSE 0 END,
  ever_replied = ever_replied OR comment_id = $2,
  descendant_count = descendant_count + CASE WHEN comment_id = $3 THEN $4::int ELSE 0 END
WHERE article_id = $1 AND comment_id IN ($2, $3)`;

const removeComment = `
UPDATE comment c SET status = 'REMOVED', removed_at = clock_timestamp(), listed = k.ever_replied
FROM comment_counter k
WHERE c.article_id = $1 AND c.id = $2 AND k.article_id = c.article_id AND k.comment_id = c.id
RETURNING c.listed`;

const append = `
WITH bumped AS (
  UPDATE article_counter
  SET sequence = sequence + 1,
    comment_count = comment_count + $7,
    listed_count = listed_count + $8,
    listed_root_count = listed_root_count + $9,
    endorsement_count = endorsement_count + $10,
    last_event_at = clock_timestamp()
  WHERE article_id = $1
  RETURNING sequence, last_event_at
)
INSERT INTO article_event
  (article_id, sequence, kind, comment_id, vanished, endorsement_id, idempotency_key, occurred_at)
SELECT $1, sequence, $2, $3, $4, $5, $6, last_event_at FROM bumped
RETURNING sequence`;

export interface InitialWriterOptions {
  readonly url: string;
  readonly articles: number;
  readonly postsPerSecond: number;
  /** Time after which a statement is cancelled, as on a node. */
  readonly statementTimeoutMs: number;
}

/**
 * Posts as a node of the first version did, at a steady rate whatever the duration of the answers; every tenth request
 * removes a comment.
 */
export class InitialWriter {
  readonly #options: InitialWriterOptions;
  readonly #pool: Pool;
  readonly #underWay = new Set<Promise<void>>();
  readonly #posted: { articleId: number; id: string; isRoot: boolean }[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;
  #count = 0;
  /** Durations of the accepted requests, in milliseconds. */
  readonly times: number[] = [];
  readonly refusals: string[] = [];
  removed = 0;

  constructor(options: InitialWriterOptions) {
    this.#options = options;
    this.#pool = new Pool({
      connectionString: options.url,
      application_name: 'standfirst',
      max: 40,
      statement_timeout: options.statementTimeoutMs,
    });
    this.#pool.on('error', (error) => this.refusals.push(error.message));
  }

  start(): void {
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#running;
    await Promise.all(this.#underWay);
    if (!this.#pool.ended) await this.#pool.end();
  }

  async #run(): Promise<void> {
    const begun = performance.now();
    const everyMs = 1000 / this.#options.postsPerSecond;
    for (; !this.#stopped; this.#count++) {
      const wait = begun + this.#count * everyMs - performance.now();
      if (wait > 0) await sleep(wait);
      const old = this.#count % 10 === 9 ? this.#posted.shift() : undefined;
      const asked = performance.now();
      const done = (old ? this.#remove(old) : this.#post(this.#count))
        .then(
          () => void this.times.push(performance.now() - asked),
          (error: unknown) => void this.refusals.push(error instanceof Error ? error.message : String(error)),
        )
        .finally(() => this.#underWay.delete(done));
      this.#underWay.add(done);
    }
  }

  async #transaction(work: (client: PoolClient) => Promise<void>): Promise<void> {
    const client = await this.#pool.connect();
    try {
      await client.query('START TRANSACTION');
      await work(client);
      await client.query('COMMIT');
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  #post(n: number): Promise<void> {
    const articleId = 1 + ((n * 7) % this.#options.articles);
    const parentOf = this.#posted.findLast((one) => one.articleId === articleId && one.isRoot && n % 2 === 0);
    return this.#transaction(async (client) => {
      const id = (await client.query<{ id: string }>(nextId)).rows[0]?.id ?? '';
      await client.query(lockArticle, [articleId]);
      const parent = parentOf
        ? (
            await client.query<{ id: string; path: Buffer; status: string }>(lockParent, [
              articleId,
              parentOf.id,
            ])
          ).rows[0]
        : undefined;
      const replied = parent?.status === 'PUBLISHED' ? parent : undefined;
      const text = `Written while the schema changes: ${n}.`;
      const values = [
        articleId,
        id,
        replied?.id ?? null,
        replied?.id ?? id,
        replied ? 1 : 0,
        replied?.path ?? null,
      ];
      await client.query(insertComment(replied === undefined), [
        ...values,
        (n % accountCount) + 1,
        'PUBLISHED',
        text,
        `<p>${text}</p>`,
        text,
      ]);
      if (replied) await client.query(bumpAncestors, [articleId, replied.id, replied.id, 1, 1]);
      await client.query(append, [
        articleId,
        'COMMENT_ADDED',
        id,
        false,
        null,
        null,
        1,
        1,
        replied ? 0 : 1,
        0,
      ]);
      this.#posted.push({ articleId, id, isRoot: replied === undefined });
    });
  }

  /** Removes only root comments, with and without replies. */
  async #remove({
    articleId,
    id,
    isRoot,
  }: {
    articleId: number;
    id: string;
    isRoot: boolean;
  }): Promise<void> {
    if (!isRoot) return;
    await this.#transaction(async (client) => {
      await client.query(lockComment, [articleId, id]);
      const stays = (await client.query<{ listed: boolean }>(removeComment, [articleId, id])).rows[0]?.listed;
      if (stays === undefined) throw new Error('A comment vanished');
      const less = stays ? 0 : -1;
      await client.query(append, [articleId, 'COMMENT_REMOVED', id, !stays, null, null, -1, less, less, 0]);
      this.removed += 1;
    });
  }
}

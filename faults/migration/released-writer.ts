import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Pool, type PoolClient } from 'pg';
import { accountCount } from './initial-data.ts';

/*
 * The exact statements of version 0.2.0, which its nodes go on sending while the migrations of the next version are
 * applied. Only the lock of a comment is shorter: it returns the columns that this writer uses.
 */

const nextId = (sequence: 'comment_id_seq' | 'endorsement_id_seq') =>
  `SELECT nextval('${sequence}')::text AS id`;

const turn = `turn AS MATERIALIZED (SELECT pg_advisory_xact_lock_shared(7301, ($1::bigint % 2147483647)::int))`;

const lockArticle = `
WITH ${turn}
SELECT a.status, a.comment_policy AS "commentPolicy", j.account_id::text AS "ownerAccountId"
FROM turn, article a JOIN journalist j ON j.id = a.journalist_id WHERE a.id = $1 FOR SHARE OF a`;

const lockParent = `
SELECT id::text AS id, root_id::text AS "rootId", depth, path, status, account_id::text AS "accountId", listed,
  coalesce(removed_status, status) = 'PUBLISHED' AS "wasPublic"
FROM comment WHERE article_id = $1 AND id = $2 FOR KEY SHARE`;

const lockComment = (lock: 'UPDATE' | 'KEY SHARE') => `
WITH ${turn}
SELECT c.status, c.listed, c.revision FROM turn, comment c JOIN article a ON a.id = c.article_id
JOIN journalist j ON j.id = a.journalist_id
WHERE c.article_id = $1 AND c.id = $2 FOR ${lock} OF c FOR SHARE OF a`;

const ordinal = '((extract(epoch FROM now) * 1000000)::bigint << 8) | ($2::bigint & 255)';
const signBit = '(-9223372036854775808)::bigint';

const insertComment = (isRoot: boolean) => `
WITH made AS (SELECT now, ${ordinal} AS ordinal FROM clock_timestamp() AS now),
placed AS (
  SELECT now, ordinal, coalesce($6::bytea, ''::bytea) ||
    ${isRoot ? `int8send((~(ordinal)) # ${signBit})` : `int8send((ordinal) # ${signBit})`} AS path FROM made
), inserted AS (
  INSERT INTO comment (article_id, id, parent_id, root_id, depth, path, ordinal, account_id, status, listed,
    body_markdown, body_html, body_text, held_key, created_at, created_precision)
  SELECT $1, $2, $3, $4, $5, path, ordinal, $7, $8, $8 = 'PUBLISHED', $9, $10, $11, $12, now, 'INSTANT' FROM placed
  RETURNING article_id, id, coalesce(parent_id, 0) AS parent_id, ordinal, listed
)
INSERT INTO comment_counter (article_id, comment_id, parent_id, ordinal, listed)
SELECT article_id, id, parent_id, ordinal, listed FROM inserted`;

const bumpAncestors = `
WITH locked AS (
  SELECT comment_id FROM comment_counter WHERE article_id = $1 AND comment_id IN ($2, $3)
  ORDER BY comment_id <> $3 FOR NO KEY UPDATE
)
UPDATE comment_counter c SET
  reply_count = reply_count + CASE WHEN c.comment_id = $2 THEN $4::int ELSE 0 END,
  listed_reply_count = listed_reply_count + CASE WHEN c.comment_id = $2 THEN $5::int ELSE 0 END,
  ever_replied = ever_replied OR c.comment_id = $2,
  descendant_count = descendant_count + CASE WHEN c.comment_id = $3 THEN $4::int ELSE 0 END
FROM locked WHERE c.article_id = $1 AND c.comment_id = locked.comment_id`;

const hasEverReplied = `
SELECT ever_replied AS "everReplied" FROM comment_counter WHERE article_id = $1 AND comment_id = $2`;

const removeComment = `
WITH counted AS (
  UPDATE comment_counter SET listed = ever_replied, like_count = 0, insightful_count = 0, disagree_count = 0, score = 0
  WHERE article_id = $1 AND comment_id = $2 RETURNING listed
)
UPDATE comment c SET status = 'REMOVED', removed_at = clock_timestamp(), removed_status = c.status, listed = k.listed
FROM counted k WHERE c.article_id = $1 AND c.id = $2`;

const holdEdit = `
INSERT INTO held_edit AS e (article_id, comment_id, revision, status, ordinal, body_markdown, body_html, body_text)
SELECT article_id, id, revision + 1, 'PENDING', ordinal, $3, $4, $5 FROM comment WHERE article_id = $1 AND id = $2
ON CONFLICT (article_id, comment_id) DO UPDATE SET status = 'PENDING',
  revision = greatest(e.revision + 1, excluded.revision), body_markdown = excluded.body_markdown,
  body_html = excluded.body_html, body_text = excluded.body_text, edited_at = excluded.edited_at`;

const addReaction = `
WITH changed AS (
  INSERT INTO comment_reaction (article_id, comment_id, account_id, kind) VALUES ($1, $2, $3, $4)
  ON CONFLICT DO NOTHING RETURNING kind)
UPDATE comment_counter SET
  like_count = like_count + 1 * (changed.kind = 'LIKE')::int,
  insightful_count = insightful_count + 1 * (changed.kind = 'INSIGHTFUL')::int,
  disagree_count = disagree_count + 1 * (changed.kind = 'DISAGREE')::int,
  score = score + 1 * CASE changed.kind WHEN 'DISAGREE' THEN -1 ELSE 1 END
FROM changed WHERE article_id = $1 AND comment_id = $2 RETURNING comment_id`;

const insertEndorsement = `
WITH made AS (SELECT now, ${ordinal} AS ordinal FROM clock_timestamp() AS now)
INSERT INTO endorsement (article_id, id, ordinal, account_id, identity, display_name, affiliation, statement, listed,
  created_at, created_precision)
SELECT $1, $2, made.ordinal, u.id, $4, u.name, $5, $6, true, made.now, 'INSTANT' FROM made, account u WHERE u.id = $3
ON CONFLICT (article_id, identity) WHERE withdrawn_at IS NULL DO NOTHING
RETURNING id`;

const append = `
WITH bumped AS (
  UPDATE article_counter
  SET sequence = sequence + cardinality($2::text[]),
    comment_count = comment_count + $7,
    listed_count = listed_count + $8,
    listed_root_count = listed_root_count + $9,
    endorsement_count = endorsement_count + $10,
    last_event_at = greatest(last_event_at, clock_timestamp())
  WHERE article_id = $1
  RETURNING sequence, last_event_at
), inserted AS (
  INSERT INTO article_event
    (article_id, sequence, kind, comment_id, vanished, endorsement_id, idempotency_key, occurred_at)
  SELECT $1, b.sequence - cardinality($2::text[]) + e.n, e.kind, e.comment_id, e.vanished, e.endorsement_id,
    e.idempotency_key, b.last_event_at
  FROM unnest($2::text[], $3::bigint[], $4::boolean[], $5::bigint[], $6::uuid[]) WITH ORDINALITY
    AS e(kind, comment_id, vanished, endorsement_id, idempotency_key, n)
  LEFT JOIN bumped b ON true
)
SELECT sequence FROM bumped`;

const insertAccount = `
INSERT INTO account (email, name, password_hash, roles) VALUES ($1, $2, $3, $4)
ON CONFLICT (email) DO NOTHING RETURNING id::text AS id`;

const insertSession = 'INSERT INTO session (id, account_id, created_at) VALUES ($1, $2, $3)';

const expiryDay = `($6::timestamptz AT TIME ZONE 'UTC')::date`;

const insertTokenFamily = `
INSERT INTO token_family (family_hash, hash, previous_hash, successor_salt, issued_at, expires_at, expires_on, session_id)
VALUES ($1, $2, $3, $4, $5, $6, ${expiryDay}, $7)`;

interface Event {
  readonly kind: string;
  readonly commentId?: string;
  readonly vanished?: boolean;
  readonly endorsementId?: string;
  readonly counts?: { comments?: number; listed?: number; listedRoots?: number; endorsements?: number };
}

/** A public comment of the writer. */
interface Posted {
  readonly articleId: number;
  readonly id: string;
  readonly isRoot: boolean;
}

/** What the writer has done, and how often. A reaction or an endorsement that there was already counts as none. */
export interface Done {
  comments: number;
  pending: number;
  removed: number;
  heldEdits: number;
  reactions: number;
  endorsements: number;
  accounts: number;
}

export interface ReleasedWriterOptions {
  readonly url: string;
  readonly articles: number;
  readonly writesPerSecond: number;
  /** Time after which a statement is cancelled, as on a node. */
  readonly statementTimeoutMs: number;
}

/** Writes as a node of version 0.2.0 did, at a steady rate whatever the duration of the answers. */
export class ReleasedWriter {
  readonly #options: ReleasedWriterOptions;
  readonly #pool: Pool;
  readonly #underWay = new Set<Promise<void>>();
  readonly #posted: Posted[] = [];
  #running: Promise<void> | undefined;
  #stopped = false;
  /** Durations of the accepted writes, in milliseconds. */
  readonly times: number[] = [];
  readonly refusals: string[] = [];
  /** Refresh tokens of the accounts that have signed up. */
  readonly refreshTokens: string[] = [];
  readonly done: Done = {
    comments: 0,
    pending: 0,
    removed: 0,
    heldEdits: 0,
    reactions: 0,
    endorsements: 0,
    accounts: 0,
  };

  constructor(options: ReleasedWriterOptions) {
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
    const everyMs = 1000 / this.#options.writesPerSecond;
    for (let count = 0; !this.#stopped; count++) {
      const wait = begun + count * everyMs - performance.now();
      if (wait > 0) await sleep(wait);
      const asked = performance.now();
      const done = this.#write(count)
        .then(
          () => void this.times.push(performance.now() - asked),
          (error: unknown) => void this.refusals.push(error instanceof Error ? error.message : String(error)),
        )
        .finally(() => this.#underWay.delete(done));
      this.#underWay.add(done);
    }
  }

  /** Half of all writes are public comments; the other half are one of each other kind in turn. */
  #write(n: number): Promise<void> {
    const articleId = 1 + ((n * 7) % this.#options.articles);
    const accountId = (n % accountCount) + 1;
    const last = this.#posted.at(-1);
    switch (n % 12) {
      case 1:
        return this.#post(n, articleId, accountId, 'PENDING');
      case 3:
        return this.#endorse(articleId, accountId);
      case 5:
        return this.#signUp();
      case 7:
        return last ? this.#react(last, accountId) : this.#endorse(articleId, accountId);
      case 9:
        return last ? this.#holdEdit(last, n) : this.#signUp();
      case 11: {
        const index = this.#posted.findIndex(({ isRoot }) => isRoot);
        const [oldest] = index < 0 ? [] : this.#posted.splice(index, 1);
        return oldest ? this.#remove(oldest) : this.#signUp();
      }
      default:
        return this.#post(n, articleId, accountId, 'PUBLISHED');
    }
  }

  async #transaction<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    const client = await this.#pool.connect();
    try {
      await client.query('START TRANSACTION');
      const result = await work(client);
      await client.query('COMMIT');
      return result;
    } catch (error) {
      await client.query('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      client.release();
    }
  }

  async #append(client: PoolClient, articleId: number, event: Event): Promise<void> {
    const { counts = {} } = event;
    await client.query(append, [
      articleId,
      [event.kind],
      [event.commentId ?? null],
      [event.vanished ?? false],
      [event.endorsementId ?? null],
      [null],
      counts.comments ?? 0,
      counts.listed ?? 0,
      counts.listedRoots ?? 0,
      counts.endorsements ?? 0,
    ]);
  }

  async #post(
    n: number,
    articleId: number,
    accountId: number,
    status: 'PUBLISHED' | 'PENDING',
  ): Promise<void> {
    const above = this.#posted.findLast((one) => one.articleId === articleId && one.isRoot && n % 4 === 0);
    const posted = await this.#transaction(async (client) => {
      const id = await idOf(client, 'comment_id_seq');
      await client.query(lockArticle, [articleId]);
      const parent = above
        ? (
            await client.query<{ id: string; path: Buffer; status: string }>(lockParent, [
              articleId,
              above.id,
            ])
          ).rows[0]
        : undefined;
      const replied = parent?.status === 'PUBLISHED' ? parent : undefined;
      const text = `Written while the schema changes: ${n}.`;
      await client.query(insertComment(replied === undefined), [
        articleId,
        id,
        replied?.id ?? null,
        replied?.id ?? id,
        replied ? 1 : 0,
        replied?.path ?? null,
        accountId,
        status,
        text,
        `<p>${text}</p>`,
        text,
        null,
      ]);
      if (status === 'PENDING') return undefined;
      if (replied) await client.query(bumpAncestors, [articleId, replied.id, replied.id, 1, 1]);
      const counts = { comments: 1, listed: 1, listedRoots: replied ? 0 : 1 };
      await this.#append(client, articleId, { kind: 'COMMENT_ADDED', commentId: id, counts });
      return { articleId, id, isRoot: replied === undefined };
    });
    if (posted) this.#posted.push(posted);
    this.done[posted ? 'comments' : 'pending'] += 1;
  }

  /** Removes only root comments, with and without replies. */
  #remove({ articleId, id }: Posted): Promise<void> {
    return this.#transaction(async (client) => {
      await client.query(lockComment('UPDATE'), [articleId, id]);
      const [row] = (await client.query<{ everReplied: boolean }>(hasEverReplied, [articleId, id])).rows;
      if (!row) throw new Error('A comment vanished');
      await client.query(removeComment, [articleId, id]);
      const less = row.everReplied ? 0 : -1;
      await this.#append(client, articleId, {
        kind: 'COMMENT_REMOVED',
        commentId: id,
        vanished: !row.everReplied,
        counts: { comments: -1, listed: less, listedRoots: less },
      });
      this.done.removed += 1;
    });
  }

  #holdEdit({ articleId, id }: Posted, n: number): Promise<void> {
    return this.#transaction(async (client) => {
      if (!(await isPublic(client, 'UPDATE', [articleId, id]))) return;
      const text = `Another text: ${n}.`;
      await client.query(holdEdit, [articleId, id, text, `<p>${text}</p>`, text]);
      this.done.heldEdits += 1;
    });
  }

  #react({ articleId, id }: Posted, accountId: number): Promise<void> {
    return this.#transaction(async (client) => {
      if (!(await isPublic(client, 'KEY SHARE', [articleId, id]))) return;
      const { rows } = await client.query(addReaction, [articleId, id, accountId, 'INSIGHTFUL']);
      if (rows.length === 0) return;
      await this.#append(client, articleId, { kind: 'COMMENT_REACTIONS_CHANGED', commentId: id });
      this.done.reactions += 1;
    });
  }

  #endorse(articleId: number, accountId: number): Promise<void> {
    return this.#transaction(async (client) => {
      const id = await idOf(client, 'endorsement_id_seq');
      await client.query(lockArticle, [articleId]);
      const values = [articleId, id, accountId, `account:${accountId}`, null, 'I keep the ferry.'];
      const { rows } = await client.query(insertEndorsement, values);
      if (rows.length === 0) return;
      const counts = { endorsements: 1 };
      await this.#append(client, articleId, { kind: 'ENDORSEMENT_ADDED', endorsementId: id, counts });
      this.done.endorsements += 1;
    });
  }

  #signUp(): Promise<void> {
    return this.#transaction(async (client) => {
      const email = `${randomUUID()}@example.org`;
      const { rows } = await client.query<{ id: string }>(insertAccount, [email, 'New', '-', ['READER']]);
      const [id, token] = [randomUUID(), randomBytes(48)];
      const now = new Date();
      await client.query(insertSession, [id, rows[0]?.id, now]);
      const text = token.toString('base64url');
      const [family, hash] = [token.subarray(0, 16), text].map((part) =>
        createHash('sha256').update(part).digest(),
      );
      const expiresAt = new Date(now.getTime() + 30 * 86_400_000);
      await client.query(insertTokenFamily, [family, hash, null, null, now, expiresAt, id]);
      this.refreshTokens.push(text);
      this.done.accounts += 1;
    });
  }
}

async function idOf(client: PoolClient, sequence: 'comment_id_seq' | 'endorsement_id_seq'): Promise<string> {
  return (await client.query<{ id: string }>(nextId(sequence))).rows[0]?.id ?? '';
}

/** Locks a comment. @returns whether it is still public */
async function isPublic(
  client: PoolClient,
  lock: 'UPDATE' | 'KEY SHARE',
  key: [number, string],
): Promise<boolean> {
  const { rows } = await client.query<{ status: string }>(lockComment(lock), key);
  return rows[0]?.status === 'PUBLISHED';
}

import { randomUUID } from 'node:crypto';
import type { EntityManager } from 'typeorm';
import { Pool, type PoolClient } from 'pg';
import { lockArticle } from '../../src/article/article.queries.ts';
import { insertComment, lockParent, updateAncestorCounts } from '../../src/comment/comment-write.queries.ts';
import type { Tx } from '../../src/db/database.ts';
import { claimIdempotencyKey } from '../../src/db/idempotency.ts';
import { LocalBus } from '../../src/events/bus.ts';
import { StatementNames } from '../../src/db/statement-names.ts';
import { EventLog } from '../../src/events/log.ts';
import { renderMarkdown } from '../../src/text/markdown.ts';
import { Random } from '../../test/support/random.ts';
import { answerParent } from '../measure/answer-parent.ts';
import { closedLoop } from '../measure/closed-loop.ts';
import { type Draft, Targets } from './targets.ts';
import type { WriteJob, WriteResult } from './writers.ts';

/*
 * What posting is compared with: the transaction of `addComment` on bare `pg`, in a process that does nothing else. It
 * sends the service's own statements, in the service's order: BEGIN; the idempotency key, which gives the id; the
 * article's lock; for a reply the parent's lock; the comment with its counter; for a reply the counts above it; the
 * event; COMMIT.
 * Like the service, it has each statement prepared once for every connection.
 *
 * It has no HTTP, no GraphQL, no token and no session, renders its text once instead of each one, and reads nothing back,
 * where the service reads the session before and the article and the comment behind the transaction, for its answer.
 */

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE),
  application_name: 'standfirst-bench-bare',
});

const names = new StatementNames();

/** Nobody listens. */
const log = new EventLog(new LocalBus());

function transactionOn(client: PoolClient): Tx {
  return {
    query: async <Row>(statement: string, values: readonly unknown[] = []) =>
      (await client.query({ name: names.nameOf(statement), text: statement, values: [...values] }))
        .rows as Row[],
    afterCommit: (hook) => hook(),
    seal: () => undefined,
    get manager(): EntityManager {
      throw new Error('Posting a comment uses no entity');
    },
  };
}

type Body = { readonly markdown: string; readonly html: string; readonly text: string };

async function addComment(
  tx: Tx,
  accountId: string,
  { articleId, parentId }: Draft,
  body: Body,
): Promise<string> {
  const key = randomUUID();
  const { resultId: id } = await claimIdempotencyKey(tx, {
    accountId,
    key,
    input: ['addComment', articleId, parentId ?? null, body.markdown],
    articleId,
    idSequence: 'comment_id_seq',
  });
  await lockArticle(tx, articleId);
  const parent = parentId === undefined ? undefined : await lockParent(tx, articleId, parentId);
  await insertComment(tx, {
    articleId,
    id,
    parent,
    accountId,
    status: 'PUBLISHED',
    idempotencyKey: key,
    ...body,
  });
  if (parent) {
    const place = { articleId, parentId: parent.id, rootId: parent.rootId };
    await updateAncestorCounts(tx, place, { published: 1, listed: 1 });
  }
  await log.append(tx, {
    articleId,
    kind: 'COMMENT_ADDED',
    commentId: id,
    idempotencyKey: key,
    counts: { comments: 1, listed: 1, listedRoots: parent ? 0 : 1 },
  });
  return id;
}

async function inTransaction(work: (tx: Tx) => Promise<string>): Promise<string> {
  const client = await pool.connect();
  try {
    await client.query('START TRANSACTION');
    const id = await work(transactionOn(client));
    await client.query('COMMIT');
    client.release();
    return id;
  } catch (error) {
    client.release(true);
    throw error;
  }
}

async function write(job: WriteJob): Promise<WriteResult> {
  const targets = new Targets(new Random(job.seed), job.targets);
  const body = { markdown: job.markdown, ...renderMarkdown(job.markdown, 'comment') };
  const acknowledged: string[] = [];
  const result = await closedLoop(job.writers.length, job.seconds, async (lane) => {
    const draft = targets.next();
    const accountId = job.writers[lane]?.accountId ?? '';
    const id = await inTransaction((tx) => addComment(tx, accountId, draft, body));
    acknowledged.push(id);
    targets.posted(draft.articleId, id);
  });
  return { ...result, acknowledged };
}

process.on('SIGTERM', () => void pool.end().then(() => process.exit(0)));
answerParent((job) => write(job as WriteJob));

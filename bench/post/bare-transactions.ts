import { randomUUID } from 'node:crypto';
import { lockArticle } from '../../src/features/articles/article/article.queries.ts';
import {
  countReplies,
  insertComment,
  lockParent,
  type ParentRow,
} from '../../src/features/comments/writing/comment-write.queries.ts';
import type { Tx } from '../../src/platform/db/database.ts';
import {
  type ClaimedResult,
  claimIdempotencyKey,
} from '../../src/platform/idempotency/idempotency.queries.ts';
import { LocalBus } from '../../src/platform/events/bus.ts';
import { EventLog } from '../../src/platform/events/log.ts';
import { renderMarkdown } from '../../src/platform/text/markdown.ts';
import { Random } from '../../harness/random.ts';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { inTransaction, send } from '../measure/bare-database.ts';
import { closedLoop } from '../measure/closed-loop.ts';
import { type Draft, Targets, Writers } from './targets.ts';
import type { WriteJob, WriteResult } from './writers.ts';

/*
 * Reference for posting: the transaction of `addComment` on bare `pg`, in a process that does nothing else. It sends
 * the service's own statements, in the service's order: BEGIN; the idempotency key, which assigns the id; the article's
 * lock; for a reply the parent's lock; the comment with its counter; for a reply the counts of its ancestors; the
 * event; COMMIT. Each statement waits for the previous one, as in handwritten code; with TOGETHER, the statements of a
 * comment are sent together, as in the service. Each comment has a transaction of its own, which in the service several
 * share. Like the service, it prepares each statement once for every connection.
 *
 * It has no HTTP, no GraphQL, no authentication and no limits, renders its text once instead of for each comment, and
 * reads nothing back. The service reads the session before the transaction, and the article and the comment after it,
 * for its answer.
 */

/** An event log without subscribers. */
const log = new EventLog(new LocalBus());

type Body = { readonly markdown: string; readonly html: string; readonly text: string };

async function addComment(
  tx: Tx,
  accountId: string,
  { articleId, parentId }: Draft,
  body: Body,
): Promise<string> {
  const key = randomUUID();
  const [{ resultId: id }, , parent] = await send<[ClaimedResult, unknown, ParentRow | undefined]>(
    () =>
      claimIdempotencyKey(tx, {
        accountId,
        key,
        input: ['addComment', articleId, parentId ?? null, body.markdown],
        articleId,
        idSequence: 'comment_id_seq',
      }),
    () => lockArticle(tx, articleId),
    async () => (parentId === undefined ? undefined : lockParent(tx, articleId, parentId)),
  );
  const comment = { articleId, id, parent, accountId, idempotencyKey: key, ...body };
  await send(
    () => insertComment(tx, { ...comment, status: 'PUBLISHED' }),
    async () => {
      if (parent) await countReplies(tx, articleId, [parent]);
    },
    () =>
      log.append(tx, {
        articleId,
        kind: 'COMMENT_ADDED',
        subjectId: id,
        idempotencyKey: key,
        counts: { commentCount: 1, listedCount: 1, listedRootCount: parent ? 0 : 1 },
      }),
  );
  return id;
}

async function write(job: WriteJob): Promise<WriteResult> {
  const targets = new Targets(new Random(job.seed), job.targets);
  const body = { markdown: job.markdown, ...renderMarkdown(job.markdown, 'comment') };
  const writers = new Writers(job);
  const acknowledged: string[] = [];
  const result = await closedLoop(job.lanes, job.seconds, async (lane) => {
    const draft = targets.next();
    const { accountId } = writers.next(lane);
    const id = await inTransaction((tx) => addComment(tx, accountId, draft, body));
    acknowledged.push(id);
    targets.posted(draft.articleId, id);
  });
  return { ...result, acknowledged };
}

answerParent((job) => write(job as WriteJob));

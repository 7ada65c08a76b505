import { lockArticle } from '../../articles/article/article.queries.ts';
import { publishLocked, removeAllLocked } from '../../comments/writing/comment-removal.ts';
import { updateCommentStatus } from '../../comments/writing/comment-write.queries.ts';
import { selectHeldEdit } from '../../comments/held/held-edit.queries.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { type EventLog, type NewEvent, sumCounts } from '../../../platform/events/log.ts';
import {
  closeReports,
  outdateReports,
  reopenReports,
} from '../../../platform/screening/comment-report.queries.ts';
import {
  markTakenBack,
  restorePhases,
  settleTakenBack,
} from '../../../platform/screening/moderation-item.queries.ts';
import {
  type ModerationLog,
  type NewModerationEvent,
  systemActor,
} from '../../../platform/screening/moderation-log.ts';
import {
  type BatchCommentRow,
  insertRemoved,
  lockBatch,
  type LockedBatchRow,
  type LockedCounterRow,
  lockCounters,
  lockRemoval,
  moveCovered,
  postponeRemoval,
  type RemovalWorkRow,
  selectCoveredLater,
  selectDecidedLater,
  selectNextToRemove,
  selectNextToRestore,
  updateRemovalDone,
  updateRemovedUpTo,
  updateRestoredUpTo,
} from './comment-removal.queries.ts';

/** Most comments of one transaction: readers' streams get their events at once, and posters wait for it. */
const batchSize = 100;

/** Time after which a work that has failed is tried again, in seconds. */
const pauseSeconds = 30;

/** The comments of a batch: all under one article. */
interface Batch {
  readonly work: RemovalWorkRow;
  readonly articleId: string;
  readonly ids: readonly string[];
  /** Those of them that reports had taken back before they were removed. */
  readonly takenBack: ReadonlySet<string>;
}

/** What a batch has changed. */
interface Changed {
  readonly told: readonly NewModerationEvent[];
  readonly events: readonly NewEvent[];
}

/**
 * Removes what an account has written since a time, or puts it back, in batches. A batch is one transaction under one article: it
 * removes its comments exactly as `removeComment` does, each with its event, stores which they are, and moves the position from which
 * the next batch goes on. So whenever a node dies, a comment is removed, counted, told of and stored, or none of that; any node goes on.
 */
export class RemovalBatches {
  constructor(
    private readonly db: Database,
    private readonly log: EventLog,
    private readonly moderationLog: ModerationLog,
  ) {}

  /** Does one batch. @returns false if nothing is left for this node */
  async next(): Promise<boolean> {
    let taken: RemovalWorkRow | undefined;
    try {
      return await this.db.transaction(async (tx) => {
        taken = await lockRemoval(tx);
        if (!taken) return false;
        await (taken.restores ? this.#restoreNext(tx, taken) : this.#removeNext(tx, taken));
        return true;
      });
    } catch (error) {
      if (taken) await postponeRemoval(this.db.forNode('removals'), taken.decisionId, pauseSeconds);
      throw error;
    }
  }

  async #removeNext(tx: Tx, work: RemovalWorkRow): Promise<void> {
    const due = await selectNextToRemove(tx, work.decisionId, batchSize);
    const last = due.at(-1);
    if (!last) return updateRemovalDone(tx, work.decisionId);
    const batch = batchOf(work, due);
    // Comments behind the first one of another article are found again, and are removed by then.
    const next = due.find(({ articleId }) => articleId !== batch.articleId) ?? last;
    await updateRemovedUpTo(tx, work.decisionId, next.ordinal);
    await this.#append(tx, batch, await removeBatch(tx, batch));
  }

  async #restoreNext(tx: Tx, work: RemovalWorkRow): Promise<void> {
    const due = await selectNextToRestore(tx, work.decisionId, batchSize);
    if (due.length === 0) return updateRemovalDone(tx, work.decisionId);
    const batch = batchOf(work, due);
    const last = due.findLast(({ articleId }) => articleId === batch.articleId);
    if (last) await updateRestoredUpTo(tx, work.decisionId, last);
    await this.#append(tx, batch, await restoreBatch(tx, batch));
  }

  async #append(tx: Tx, { articleId }: Batch, { told, events }: Changed): Promise<void> {
    await this.moderationLog.append(tx, told);
    if (events.length === 0) return;
    const counts = sumCounts(events.map((event) => event.counts ?? {}));
    await this.log.appendAll(tx, articleId, events, counts);
  }
}

/** The comments under the article of the first one. */
function batchOf(work: RemovalWorkRow, due: readonly BatchCommentRow[]): Batch {
  const articleId = due[0]?.articleId ?? '0';
  const rows = due.filter((row) => row.articleId === articleId);
  const takenBack = new Set(rows.filter(({ wasTakenBack }) => wasTakenBack).map(({ id }) => id));
  return { work, articleId, ids: rows.map(({ id }) => id), takenBack };
}

/** Locks the comments of a batch for which `isDue`, and all counters that they change. @returns the comments from the top of their threads down */
async function lockDue(
  tx: Tx,
  { work, articleId, ids }: Batch,
  isDue: (comment: LockedBatchRow) => boolean,
): Promise<(LockedBatchRow & LockedCounterRow)[]> {
  await lockArticle(tx, articleId);
  const locked = await lockBatch(tx, { articleId, ids, accountId: work.accountId });
  const byId = new Map(locked.filter(isDue).map((comment) => [comment.id, comment]));
  if (byId.size === 0) return [];
  const counters = await lockCounters(tx, articleId, [...byId.keys()]);
  return counters.flatMap((counter) => {
    const comment = byId.get(counter.id);
    return comment ? { ...comment, ...counter } : [];
  });
}

async function removeBatch(tx: Tx, batch: Batch): Promise<Changed> {
  const { work, articleId } = batch;
  const comments = await lockDue(tx, batch, ({ status, held }) => status !== 'REMOVED' || held === 'REPORTS');
  if (comments.length === 0) return { told: [], events: [] };
  const { decisionId } = work;
  await closeReports(tx, articleId, idsOf(comments), { state: 'UPHELD', decisionId });
  const isTakenBack = ({ held }: LockedBatchRow): boolean => held === 'REPORTS';
  await settleTakenBack(tx, articleId, idsOf(comments.filter(isTakenBack)));
  const others = comments.filter((comment) => !isTakenBack(comment));
  const events = await removeAllLocked(tx, articleId, others);
  await insertRemoved(tx, work, articleId, comments);
  return {
    told: comments.filter(({ isQueued }) => isQueued).map((comment) => eventOf(batch, comment, 'WITHDRAWN')),
    events,
  };
}

/**
 * Puts back what no moderator has decided about since, alone or with others, and what its author has not removed as well. What reports
 * had taken back waits again. A text that was erased is gone for good.
 */
async function restoreBatch(tx: Tx, batch: Batch): Promise<Changed> {
  const { work, articleId, ids } = batch;
  const { decisionId } = work;
  const decided = await selectDecidedLater(tx, decisionId, articleId, ids);
  const covered = await selectCoveredLater(tx, decisionId, articleId, ids);
  const comments = await lockDue(
    tx,
    batch,
    ({ id, status, bodyMarkdown }) =>
      status === 'REMOVED' && bodyMarkdown !== '' && !decided.has(id) && !covered.has(id),
  );
  await moveCovered(tx, decisionId, articleId, covered);
  const withdrawn = comments.filter(({ isWithdrawn }) => isWithdrawn);
  await outdateReports(tx, articleId, idsOf(withdrawn), decisionId);
  const returning = comments.filter(({ isWithdrawn }) => !isWithdrawn);
  const takenBack = returning.filter(({ id }) => batch.takenBack.has(id));
  await markTakenBack(tx, articleId, idsOf(takenBack), { accountId: work.accountId, phase: 'REPORTS' });
  const shown = returning.filter(({ id }) => !batch.takenBack.has(id));
  const events = await putBack(tx, articleId, shown);
  const reported = await reopenReports(tx, articleId, idsOf(returning), decisionId);
  return {
    told: [
      ...(await waitingAgain(tx, batch, shown)),
      ...takenBack.map((comment) => heldAgain(batch, comment)),
      ...shown.filter(({ id }) => reported.has(id)).map((comment) => reportedAgain(batch, comment)),
    ],
    events,
  };
}

/** Gives removed comments the status that they had before. @returns the events of those that are public again */
async function putBack(tx: Tx, articleId: string, comments: readonly LockedBatchRow[]): Promise<NewEvent[]> {
  const events: NewEvent[] = [];
  for (const comment of comments) {
    const key = { articleId, id: comment.id };
    const { removedStatus, listed } = comment;
    if (removedStatus === 'PUBLISHED')
      events.push(
        await publishLocked(tx, key, comment, { kind: 'COMMENT_RESTORED', listed: listed ? 0 : 1 }),
      );
    else if (removedStatus !== null) await updateCommentStatus(tx, key, removedStatus);
  }
  return events;
}

/** The events of comments that wait again, and of new texts of public ones that do. */
async function waitingAgain(
  tx: Tx,
  batch: Batch,
  comments: readonly LockedBatchRow[],
): Promise<NewModerationEvent[]> {
  const { articleId } = batch;
  const told: NewModerationEvent[] = [];
  for (const comment of comments) {
    const { id, removedStatus } = comment;
    if (removedStatus === 'PENDING') told.push(eventOf(batch, comment, 'HELD'));
    if (removedStatus !== 'PUBLISHED') continue;
    const edit = await selectHeldEdit(tx, { articleId, id });
    if (edit?.status === 'PENDING')
      told.push(eventOf(batch, { ...comment, revision: edit.revision }, 'HELD'));
  }
  await restorePhases(
    tx,
    articleId,
    told.flatMap(({ commentId, revision }) =>
      commentId === undefined || revision === undefined ? [] : [{ commentId, revision }],
    ),
  );
  return told;
}

/** The event of a comment that reports have taken back, and that waits again. */
const heldAgain = (batch: Batch, comment: LockedBatchRow): NewModerationEvent => ({
  ...eventOf(batch, comment, 'HELD'),
  detail: { phase: 'REPORTS' },
});

/** The event of a comment that is public again, and whose reports are open again: nobody reports it at this moment. */
const reportedAgain = (batch: Batch, comment: LockedBatchRow): NewModerationEvent => ({
  ...eventOf(batch, comment, 'REPORTED'),
  actor: systemActor,
});

const idsOf = (comments: readonly LockedBatchRow[]): string[] => comments.map(({ id }) => id);

const eventOf = (
  { work, articleId }: Batch,
  { id: commentId, revision }: LockedBatchRow,
  kind: 'WITHDRAWN' | 'HELD' | 'REPORTED',
): NewModerationEvent => ({
  kind,
  actor: { kind: work.actorKind, accountId: work.actorId },
  articleId,
  commentId,
  revision,
  subjectId: work.accountId,
  decisionId: work.decisionId,
});

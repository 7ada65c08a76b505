import { articleScope } from '../../articles/article/article-scope.ts';
import { canSeeArticle } from '../../articles/article/article.policy.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { DeskParts } from '../../comments/held/held-text.ts';
import { removeLocked } from '../../comments/writing/comment-removal.ts';
import { lockComment, type LockedCommentRow } from '../../comments/writing/comment-write.queries.ts';
import { canSeeComment } from '../../comments/thread/comment.policy.ts';
import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { NewEvent } from '../../../platform/events/log.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { markTakenBack } from '../../../platform/screening/moderation-item.queries.ts';
import { actorOf, systemActor } from '../../../platform/screening/moderation-log.ts';
import { selectSettings } from '../../screening/screening.queries.ts';
import { requireText } from '../../../platform/text/rules.ts';
import { isBeyondReports, isInGoodStanding, maxNoteLength, refusalToReport } from './report.policy.ts';
import {
  hasReported,
  insertReport,
  selectHoldFacts,
  selectOpenReporters,
  upsertHoldByReports,
} from './report.queries.ts';

/** What a reporter says of a comment. */
export interface ReportCommand {
  readonly reason: ModerationReason;
  /** For moderators; null or undefined: nothing. */
  readonly note: string | null | undefined;
}

/** A report that is stored, of a locked comment. */
interface Reporting {
  readonly comment: LockedCommentRow;
  readonly reporter: Viewer;
  readonly reason: ModerationReason;
  /** In the form in which it is stored. */
  readonly note: string | null;
}

/** Commands of readers about comments of others. */
export class ReportService {
  /** @param mustConfirm whether accounts have to confirm their addresses: where the service sends mail */
  constructor(
    private readonly parts: DeskParts,
    private readonly mustConfirm: boolean,
  ) {}

  /**
   * Reports a comment to the moderators; one account reports a comment once, and repeating changes nothing. The report with which
   * there are enough takes the comment back until a moderator has looked at it. Reports of one comment wait for each other, so that
   * exactly one of them is that one.
   */
  reportComment(viewer: Viewer, key: CommentKey, command: ReportCommand): Promise<Result<CommentKey>> {
    return refusable(async () => {
      const { reason } = command;
      const note =
        command.note == null ? null : requireText(command.note, { field: 'note', max: maxNoteLength });
      await this.parts.db.transactionFor(articleScope(viewer, key.articleId), async (tx) => {
        const comment = await lockComment(tx, key.articleId, key.id);
        if (!comment || !canSeeArticle(comment.article, viewer))
          throw new Refusal('NOT_FOUND', ['commentId']);
        // Whatever has become of the comment since, such as that this very report has taken it back.
        if (await hasReported(tx, key, viewer.accountId)) return;
        if (!canSeeComment(comment, viewer)) throw new Refusal('NOT_FOUND', ['commentId']);
        requireReportable(comment, viewer);
        await this.#report(tx, key, { comment, reporter: viewer, reason, note });
      });
      return key;
    });
  }

  async #report(tx: Tx, key: CommentKey, { comment, reporter, ...said }: Reporting): Promise<void> {
    const { log, moderationLog } = this.parts;
    const { revision, accountId: subjectId } = comment;
    const { accountId } = reporter;
    if (!(await insertReport(tx, key, { accountId, subjectId, revision, ...said })))
      throw new Error('A locked comment was reported meanwhile');
    const about = { articleId: key.articleId, commentId: key.id, revision, subjectId };
    const actor = actorOf(reporter);
    const reported = { ...about, kind: 'REPORTED', actor, reason: said.reason } as const;
    const reports = await this.#countTowardsHolding(tx, key, { comment, reporterId: accountId });
    const { reportsToHold } = await selectSettings(tx);
    if (reportsToHold === 0 || reports < reportsToHold) return moderationLog.appendLast(tx, [reported]);
    const removed = await this.#takeBack(tx, key, { comment, reports });
    const detail = { phase: 'REPORTS', reports };
    await moderationLog.append(tx, [reported, { ...about, kind: 'HELD', actor: systemActor, detail }]);
    if (removed) await log.append(tx, removed);
  }

  /** Number of reports that count towards taking a comment back, the new one among them; 0: reports can not, or this one does not. */
  async #countTowardsHolding(
    tx: Tx,
    key: CommentKey,
    { comment, reporterId }: { readonly comment: LockedCommentRow; readonly reporterId: string },
  ): Promise<number> {
    const { revision, accountId: subjectId } = comment;
    const [{ authorRoles, isDecided }, reporters] = await Promise.all([
      selectHoldFacts(tx, key, { subjectId, revision }),
      selectOpenReporters(tx, key, revision),
    ]);
    if (isDecided || isBeyondReports(comment, authorRoles)) return 0;
    const good = reporters.filter((reporter) => isInGoodStanding(reporter, this.mustConfirm));
    return good.some(({ accountId }) => accountId === reporterId) ? good.length : 0;
  }

  /** @returns the event of the article, to be appended last */
  async #takeBack(
    tx: Tx,
    key: CommentKey,
    { comment, reports }: { readonly comment: LockedCommentRow; readonly reports: number },
  ): Promise<NewEvent | undefined> {
    const { revision, accountId } = comment;
    const { articleId, id: commentId } = key;
    await markTakenBack(tx, articleId, [commentId], { accountId, phase: 'REPORTS' });
    await upsertHoldByReports(tx, key, { revision, reports });
    if (accountId !== null)
      await this.parts.inbox.add(tx, [{ accountId, kind: 'COMMENT_HELD', articleId, subjectId: commentId }]);
    return (await removeLocked(tx, key, comment)).event;
  }
}

/** @throws Refusal ACCOUNT_SUSPENDED, EMAIL_UNCONFIRMED, COMMENT_REMOVED, WRONG_STATUS, FORBIDDEN */
function requireReportable(comment: LockedCommentRow, viewer: Viewer): void {
  const refusal = refusalToReport(comment, viewer);
  if (refusal === 'FORBIDDEN')
    throw new Refusal(refusal, ['commentId'], 'The comment is your own: edit or remove it instead.');
  if (refusal) throw new Refusal(refusal, ['commentId']);
}

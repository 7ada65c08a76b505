import { type CommentFacts, refusalToReact } from '../../comments/thread/comment.policy.ts';
import { isAccount, isModerator, type Role, type Viewer } from '../../../platform/auth/viewer.ts';

/** Most characters of a report's note. */
export const maxNoteLength = 500;

/**
 * The reason why a viewer may not report a comment that they can see; undefined if they may. Only public comments of others can be
 * reported.
 */
export function refusalToReport(
  comment: Pick<CommentFacts, 'article' | 'status' | 'accountId'>,
  viewer: Viewer | null,
): ReturnType<typeof refusalToReact> {
  // Whoever may react has a voice, and the comment is public: a report needs the same, and somebody else's comment.
  const refusal = refusalToReact(comment, viewer);
  if (refusal) return refusal;
  return isAccount(viewer, comment.accountId) ? 'FORBIDDEN' : undefined;
}

/** Decisions on an account's reports. */
export interface ReportRecord {
  readonly upheld: number;
  readonly dismissed: number;
  readonly badFaith: number;
}

/** An account as a reporter: its state, and the decisions on its last `countedDecisions` decided reports. */
export interface ReporterFacts extends ReportRecord {
  readonly isSuspended: boolean;
  /** Whether texts of the account wait for a moderator themselves. */
  readonly isPremoderated: boolean;
  /** Whether nobody has proven to read mails to the account's address. */
  readonly isUnconfirmed: boolean;
}

/** Decided reports that count for the standing of a reporter, the last ones first. */
export const countedDecisions = 50;

const points = { upheld: 1, dismissed: -1, badFaith: -3 } as const;

/** Points from which on down an account is not in good standing. A new account has none. */
const tooFew = -5;

/**
 * Whether reports of an account count towards holding a comment. An account that may say nothing in public is in no good standing,
 * nor is one whose last reports were found wrong much more often than right: a report in bad faith weighs as much as three mistakes.
 * @param mustConfirm whether accounts have to confirm their addresses: where the service sends mail
 */
export function isInGoodStanding(
  { isSuspended, isPremoderated, isUnconfirmed, upheld, dismissed, badFaith }: ReporterFacts,
  mustConfirm: boolean,
): boolean {
  if (isSuspended || isPremoderated || (mustConfirm && isUnconfirmed)) return false;
  return upheld * points.upheld + dismissed * points.dismissed + badFaith * points.badFaith > tooFew;
}

/**
 * Whether reports alone never take a comment back: those of moderators and of the article's journalist, who answer for themselves, so
 * that a few accounts together cannot silence the house.
 */
export function isBeyondReports(
  { accountId, article }: Pick<CommentFacts, 'accountId' | 'article'>,
  authorRoles: readonly Role[],
): boolean {
  if (accountId === null) return false;
  return accountId === article.ownerAccountId || isModerator({ roles: authorRoles });
}

import type { Viewer } from '../../../platform/auth/viewer.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { EventLog } from '../../../platform/events/log.ts';
import type { Inbox } from '../../notifications/inbox/inbox.ts';
import {
  actorOf,
  type ModerationLog,
  type NewModerationEvent,
  systemActor,
} from '../../../platform/screening/moderation-log.ts';
import type { Hold, Verdict } from '../../screening/phases.ts';
import type { CommentKey } from '../thread/comment.queries.ts';

/** Whatever commands on comments write to. */
export interface CommentParts {
  readonly db: Database;
  readonly log: EventLog;
  readonly moderationLog: ModerationLog;
}

/** The same for commands of which authors are told. */
export interface DeskParts extends CommentParts {
  readonly inbox: Inbox;
}

/**
 * What becomes of a text that the phases let through.
 * @throws Refusal of a phase
 * @returns why the text waits; undefined: it passes
 */
export function requireAccepted(verdict: Verdict): Hold | undefined {
  if (verdict.kind === 'refuse') throw Refusal.of(verdict.error);
  return verdict.kind === 'hold' ? verdict : undefined;
}

/** The event of a text that waits for a moderator from now on. */
export const heldEvent = (
  text: { readonly articleId: string; readonly commentId: string; readonly revision: number },
  subjectId: string,
  phase: string | null,
): NewModerationEvent => ({ kind: 'HELD', actor: systemActor, ...text, subjectId, detail: { phase } });

/** The event of a text that its author has taken back before a moderator has decided. */
export const withdrawnEvent = (viewer: Viewer, key: CommentKey, revision: number): NewModerationEvent => ({
  kind: 'WITHDRAWN',
  actor: actorOf(viewer),
  articleId: key.articleId,
  commentId: key.id,
  revision,
  subjectId: viewer.accountId,
});

import type { Viewer } from '../../../platform/auth/viewer.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { actorOf, type NewModerationEvent, systemActor } from '../../../platform/screening/moderation-log.ts';
import type { Hold, Verdict } from '../../screening/phases.ts';
import type { CommentKey } from '../thread/comment.queries.ts';

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

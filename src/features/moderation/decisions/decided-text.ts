import { canSeeArticle } from '../../articles/article/article.policy.ts';
import { commentByKey } from '../../comments/thread/comment.loader.ts';
import { commentFacts } from '../../comments/thread/comment.type.ts';
import { heldEditOfComment } from '../../comments/held/held-edit.loader.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { ModerationDecisionRow } from '../../../platform/screening/moderation-decision.queries.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';

/** A text that was decided on, in the forms in which it is shown. */
interface DecidedText {
  readonly bodyHtml: string;
  readonly bodyText: string;
}

/**
 * The text that a decision is about, whatever has become of its comment. For objects that moderators alone see, or its author alone.
 * @returns null: another text has taken its place, it is gone for good, its article is not for the viewer, or it is about none
 */
export async function loadDecidedText(
  { viewer, loaders }: Context,
  { kind, articleId, commentId, revision }: ModerationDecisionRow,
): Promise<DecidedText | null> {
  if (articleId === null || commentId === null) return null;
  const key = { articleId, id: commentId };
  const isOfEdit = kind === 'EDIT_REJECTED' || kind === 'EDIT_APPROVED';
  const [comment, edit] = await Promise.all([
    loaders.get(commentByKey).load(key),
    isOfEdit ? loaders.get(heldEditOfComment).load(key) : undefined,
  ]);
  if (!comment || comment.bodyHtml === '' || !canSeeArticle(commentFacts(comment).article, viewer))
    return null;
  const text = [edit, comment].find(
    (each) => each !== undefined && each.revision === (revision ?? each.revision),
  );
  return text ? { bodyHtml: withDirections(text.bodyHtml), bodyText: text.bodyText } : null;
}

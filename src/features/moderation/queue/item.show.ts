import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import { canSeeArticle } from '../../articles/article/article.policy.ts';
import { commentByKey } from '../../comments/thread/comment.loader.ts';
import { commentFacts } from '../../comments/thread/comment.type.ts';
import { heldEditOfComment } from '../../comments/held/held-edit.loader.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import type { ItemKey, ModerationItemRow } from '../../../platform/screening/moderation-item.queries.ts';
import { itemByKey } from './item.loader.ts';
import { ModerationItem } from './item.type.ts';

/** An entry of the queue as it is now; null: it is not in the queue, or not for this viewer. */
export async function loadItem(context: Context, key: ItemKey): Promise<ModerationItem | null> {
  if (refusalToModerate(context.viewer)) return null;
  const row = await context.loaders.get(itemByKey).load(key);
  return row ? showItem(context, row) : null;
}

/** An entry of the queue; null if its article is not for this viewer. */
export async function showItem(context: Context, row: ModerationItemRow): Promise<ModerationItem | null> {
  const key = { articleId: row.articleId, id: row.commentId };
  const [comment, edit] = await Promise.all([
    context.loaders.get(commentByKey).load(key),
    row.held === 'EDIT' ? context.loaders.get(heldEditOfComment).load(key) : undefined,
  ]);
  if (!comment || !canSeeArticle(commentFacts(comment).article, context.viewer)) return null;
  return ModerationItem.from(row, comment, edit);
}

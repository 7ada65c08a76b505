import { rowsByKey } from '../../../platform/graphql/row-loader.ts';
import { keyText } from '../thread/comment.loader.ts';
import { selectHeldEdits } from './held-edit.queries.ts';

/** The held text of a comment, for viewers for whom `canSeeHeldEdit` is true. */
export const heldEditOfComment = rowsByKey(selectHeldEdits, keyText, ({ articleId, commentId: id }) => ({
  articleId,
  id,
}));

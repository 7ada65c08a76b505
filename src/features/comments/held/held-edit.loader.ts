import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { type HeldEditRow, selectHeldEdits } from './held-edit.queries.ts';

const keyText = (key: CommentKey): string => `${key.articleId}:${key.id}`;

/** The held text of a comment, for viewers for whom `canSeeHeldEdit` is true. */
export const heldEditOfComment: LoaderFactory<DataLoader<CommentKey, HeldEditRow | undefined, string>> = ({
  db,
}) =>
  new DataLoader(
    async (keys) => {
      const rows = await selectHeldEdits(db, keys);
      const byKey = new Map(
        rows.map((row) => [keyText({ articleId: row.articleId, id: row.commentId }), row]),
      );
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );

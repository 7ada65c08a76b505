import DataLoader from 'dataloader';
import { SharedViewer, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { coveredByArticle, type LoaderFactory } from '../../../platform/graphql/context.ts';
import { keyText } from '../thread/comment.loader.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { type AccountReaction, selectReactions, selectReactionsBy } from './reaction.queries.ts';

/** Reactions to a comment: the viewer's own, or all accounts' reactions where the result is shared by many viewers. */
export const reactionsForViewer: LoaderFactory<DataLoader<CommentKey, readonly AccountReaction[], string>> =
  coveredByArticle(
    ({ db, viewer }) =>
      new DataLoader<CommentKey, readonly AccountReaction[], string>(
        async (keys) => {
          const rows = viewer ? await selectFor(db, viewer, keys) : [];
          const byComment = new Map<string, AccountReaction[]>();
          for (const row of rows) {
            const present = byComment.get(keyText(row));
            if (present) present.push(row);
            else byComment.set(keyText(row), [row]);
          }
          return keys.map((key) => byComment.get(keyText(key)) ?? []);
        },
        { cacheKeyFn: keyText },
      ),
  );

/**
 * The most reactions to several comments together for which a result is shared; with more, each viewer gets a separate
 * result.
 */
const maxSharedReactions = 10_000;

async function selectFor(
  db: Queryable,
  viewer: Viewer,
  keys: readonly CommentKey[],
): Promise<AccountReaction[]> {
  if (viewer instanceof SharedViewer) {
    const all = await selectReactions(db, keys, maxSharedReactions + 1);
    if (all.length <= maxSharedReactions) return all;
  }
  return selectReactionsBy(db, viewer.accountId, keys);
}

import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import type { CommentKey } from './comment.queries.ts';
import { type DecisionRow, selectDecisions } from './decision.queries.ts';

const keyText = (key: CommentKey): string => `${key.articleId}:${key.id}`;

/** The decision of a moderator that stands against a comment, for the comment's author. */
export const decisionOfComment: LoaderFactory<DataLoader<CommentKey, DecisionRow | undefined, string>> = ({
  db,
}) =>
  new DataLoader(
    async (keys) => {
      const rows = await selectDecisions(db, keys);
      const byKey = new Map(
        rows.map((row) => [keyText({ articleId: row.articleId, id: row.commentId }), row]),
      );
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );

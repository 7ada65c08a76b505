import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import type { CommentKey } from '../thread/comment.queries.ts';
import { type LastDecisionRow, selectLastDecisions } from './last-decision.queries.ts';

const keyText = ({ articleId, id }: CommentKey): string => `${articleId}:${id}`;

/** The last decision about a comment that its author is told of and that stands; undefined: there is none. */
export const lastDecisionOfComment: LoaderFactory<
  DataLoader<CommentKey, LastDecisionRow | undefined, string>
> = ({ db }) =>
  new DataLoader(
    async (keys) => {
      const rows = await selectLastDecisions(db, keys);
      const byKey = new Map(
        rows.map((row) => [keyText({ articleId: row.ofArticleId, id: row.ofCommentId }), row]),
      );
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );

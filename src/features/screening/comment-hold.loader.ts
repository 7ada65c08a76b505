import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../platform/graphql/context.ts';
import { type CommentText, type HoldRow, selectHolds } from './comment-hold.queries.ts';

const keyText = ({ articleId, commentId, revision }: CommentText): string =>
  `${articleId}:${commentId}:${revision}`;

/** Why a text of a comment waits, for viewers who may see the text. */
export const holdOfText: LoaderFactory<DataLoader<CommentText, HoldRow | undefined, string>> = ({ db }) =>
  new DataLoader(
    async (texts) => {
      const byKey = new Map((await selectHolds(db, texts)).map((row) => [keyText(row), row]));
      return texts.map((text) => byKey.get(keyText(text)));
    },
    { cacheKeyFn: keyText },
  );

import { rowsByKey } from '../../platform/graphql/row-loader.ts';
import { type CommentText, selectHolds } from './comment-hold.queries.ts';

const keyText = ({ articleId, commentId, revision }: CommentText): string =>
  `${articleId}:${commentId}:${revision}`;

/** Why a text of a comment waits, for viewers who may see the text. */
export const holdOfText = rowsByKey(selectHolds, keyText, (row) => row);

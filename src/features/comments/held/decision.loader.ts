import { rowsByKey } from '../../../platform/graphql/row-loader.ts';
import { keyText } from '../thread/comment.loader.ts';
import { selectLastDecisions } from './last-decision.queries.ts';

/** The last decision about a comment that its author is told of and that stands; undefined: there is none. */
export const lastDecisionOfComment = rowsByKey(
  selectLastDecisions,
  keyText,
  ({ ofArticleId, ofCommentId }) => ({ articleId: ofArticleId, id: ofCommentId }),
);

import type { OwnOperation } from '../../platform/operations/public-reader.ts';
import type { CommentCountsQuery, CommentCountsQueryVariables } from './generated/operations.ts';

// `npm run codegen` writes its types.

export const commentCountsOperation: OwnOperation<CommentCountsQuery, CommentCountsQueryVariables> = {
  source: `query CommentCounts($urls: [URL!]!) { articlesByUrl(urls: $urls) { permalink commentCount } }`,
};

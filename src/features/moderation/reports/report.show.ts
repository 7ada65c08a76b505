import type { CommentKey } from '../../comments/thread/comment.queries.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { type PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { reportPages } from './report.loader.ts';
import { CommentReport } from './report.type.ts';

/** A page of a comment's reports, the newest first. For objects that only moderators see: no rule is checked here. */
export async function loadReports(
  { loaders }: Context,
  scope: CommentKey,
  args: PageArgs,
): Promise<Connection<CommentReport>> {
  const page = await loaders.get(reportPages).load({
    scope: { articleId: scope.articleId, id: scope.id },
    variant: 'NEWEST',
    request: pageRequest(args),
  });
  return toConnection(page, (row) => CommentReport.from(row));
}

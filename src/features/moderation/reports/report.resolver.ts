import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { isAccount } from '../../../platform/auth/viewer.ts';
import { loadComment, toCommentKey } from '../../comments/thread/comment.show.ts';
import { Comment, commentFacts } from '../../comments/thread/comment.type.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { ReportCommentInput, ReportCommentPayload } from './report.input.ts';
import { ownReportPages, reportersForViewer } from './report.loader.ts';
import { refusalToReport } from './report.policy.ts';
import type { ReportService } from './report.service.ts';
import { ViewerReport, ViewerReportConnection } from './report.type.ts';

/** Reports of comments, for readers. */
@Resolver(() => Comment)
export class ReportResolver {
  constructor(private readonly reports: ReportService) {}

  @NeedsScope('COMMENT')
  @AccountCommand(ReportCommentPayload, {
    description:
      'Reports a public comment of somebody else to the moderators. An account reports a comment once: repeating changes nothing. After several reports the comment is taken back, until a moderator has looked at it.',
    input: [ReportCommentInput, 'The report.'],
  })
  async reportComment(
    input: ReportCommentInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ReportCommentPayload> {
    await context.limits.useReport(viewer);
    const { commentId, reason, note } = input;
    const result = await this.reports.reportComment(viewer, toCommentKey(commentId), { reason, note });
    if (!result.ok) return { comment: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { comment: await loadComment(context, result.value), userErrors: [] };
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description:
      'Whether the viewer has reported the comment; false for a tombstone. An answer with this field is kept for a moment only: ask for it where somebody is about to report, rather than for each comment of a page.',
  })
  async viewerHasReported(@Root() { row }: Comment, @Ctx() { viewer, loaders }: Context): Promise<boolean> {
    if (!viewer || row.status === 'REMOVED') return false;
    const reporters = await loaders.get(reportersForViewer).load(row);
    // All of them: where the result is shared, each is an exception.
    return reporters.filter((accountId) => isAccount(viewer, accountId)).length > 0;
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether `reportComment` would accept a report by the viewer.',
  })
  viewerCanReport(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return refusalToReport(commentFacts(row), viewer) === undefined;
  }
}

/** The viewer's own reports. */
@Resolver(() => ViewerAccount)
export class ViewerReportsResolver {
  @FieldResolver(() => ViewerReportConnection, {
    nullable: true,
    description: 'The comments that the viewer has reported, and what became of it, newest first.',
  })
  async reports(
    @Root() { accountId }: ViewerAccount,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<ViewerReport>> {
    const request = pageRequest(args);
    const page = await loaders.get(ownReportPages).load({ scope: accountId, variant: 'NEWEST', request });
    return toConnection(page, (row) => ViewerReport.from(row));
  }
}

/** What a report of the viewer is about. */
@Resolver(() => ViewerReport)
export class ViewerReportResolver {
  @FieldResolver(() => Comment, {
    nullable: true,
    description:
      'The comment as it is now, such as its tombstone; null if nothing of it is left, or the viewer may not see it.',
  })
  comment(@Root() { row }: ViewerReport, @Ctx() context: Context): Promise<Comment | null> {
    return loadComment(context, { articleId: row.articleId, id: row.commentId });
  }
}

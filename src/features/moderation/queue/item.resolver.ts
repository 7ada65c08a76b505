import { Arg, Args, Ctx, Field, FieldResolver, ID, InputType, Query, Resolver, Root } from 'type-graphql';
import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import { Article } from '../../articles/article/article.type.ts';
import { loadArticle } from '../../articles/article/article.show.ts';
import { holdOfText } from '../../screening/comment-hold.loader.ts';
import { CommentHold, type HeldBy, heldBy, HoldPhaseEnum } from '../../screening/comment-hold.type.ts';
import { CommentText } from '../../../platform/graphql/price.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import {
  type Connection,
  counted,
  type Counted,
  toConnection,
} from '../../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { holdByKey, moderationCursor, queueCount, queuePages } from './item.loader.ts';
import { loadItem, showItem } from './item.show.ts';
import {
  HeldKindEnum,
  type HookState,
  HookStateEnum,
  ModerationItem,
  ModerationItemConnection,
  ModerationQueue,
} from './item.type.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import type { HeldKind } from '../../../platform/screening/moderation-item.queries.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import { withDirections } from '../../../platform/text/html-directions.ts';
import type { HoldRow, QueueFilter } from './moderation-queue.queries.ts';
import { loadPerson } from '../persons/person.show.ts';
import { Person } from '../persons/person.type.ts';
import { loadReports } from '../reports/report.show.ts';
import { type CommentReport, CommentReportConnection } from '../reports/report.type.ts';

@InputType({ description: 'Restricts the queue: all that is given has to fit.' })
export class ModerationQueueFilter {
  @Field(() => HeldKindEnum, { nullable: true, description: 'What waits.' })
  held?: HeldKind | null;

  @Field(() => Boolean, { nullable: true, description: 'Whether reports of it are open.' })
  isReported?: boolean | null;

  @Field(() => ID, { nullable: true, description: 'The article.' })
  articleId?: string | null;

  @Field(() => ID, { nullable: true, description: 'The author: the id of a `Person`.' })
  personId?: string | null;

  @Field(() => HoldPhaseEnum, { nullable: true, description: 'What holds the text.' })
  phase?: HeldBy | null;
}

/** @throws RequestError BAD_USER_INPUT */
function filterOf(filter: ModerationQueueFilter | null | undefined): QueueFilter {
  const { held = null, isReported = null, articleId, personId, phase = null } = filter ?? {};
  return {
    held,
    reported: isReported,
    articleId: articleId == null ? null : requireKeys('Article', 1, articleId)[0],
    accountId: personId == null ? null : requireKeys('Person', 1, personId)[0],
    phase,
  };
}

/** The queue, for moderators. */
@Resolver(() => ModerationQueue)
export class ModerationQueueResolver {
  @NeedsScope('MODERATE')
  @Query(() => ModerationQueue, {
    nullable: true,
    description: 'What waits for a moderator, and what was reported. For moderators.',
  })
  async moderationQueue(@Ctx() context: Context): Promise<ModerationQueue> {
    if (refusalToModerate(requireViewer(context))) throw new RequestError('FORBIDDEN');
    // Read before every list: what comes later is in the events after it.
    const liveCursor = await context.loaders.get(moderationCursor).load('head');
    return Object.assign(new ModerationQueue(), { liveCursor });
  }

  @FieldResolver(() => ModerationItemConnection, {
    nullable: true,
    description:
      'The entries of the queue under articles that the viewer may see, in the order in which they came.',
  })
  async items(
    @Root() _queue: ModerationQueue,
    @Arg('filter', () => ModerationQueueFilter, { nullable: true, description: 'Restricts the list.' })
    filter: ModerationQueueFilter | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Counted<ModerationItem>> {
    const scope = filterOf(filter);
    const page = await context.loaders
      .get(queuePages)
      .load({ scope, variant: 'ENTERED', request: pageRequest(args) });
    const shown = await Promise.all(page.rows.map((row) => showItem(context, row)));
    // An article that was unpublished meanwhile takes its entries along.
    const connection = toConnection(page, (_, index) => shown[index] ?? null);
    return counted(connection, () => context.loaders.get(queueCount).load(scope));
  }
}

/** What was found in the text of an entry that waits; undefined: nothing waits, or it was found in an earlier text. */
async function holdOf({ row, revision }: ModerationItem, { loaders }: Context): Promise<HoldRow | undefined> {
  if (row.held === null) return undefined;
  const hold = await loaders.get(holdByKey).load(row);
  return hold?.revision === revision ? hold : undefined;
}

/** Fields of an entry that are read when they are asked for. */
@Resolver(() => ModerationItem)
export class ModerationItemResolver {
  @FieldResolver(() => Article, { nullable: true, description: 'The article of the comment.' })
  article(@Root() { row }: ModerationItem, @Ctx() context: Context): Promise<Article | null> {
    return loadArticle(context, row.articleId);
  }

  @NeedsScope('MODERATE')
  @FieldResolver(() => Person, {
    nullable: true,
    description: 'The author; null for one without an account.',
  })
  person(@Root() { row }: ModerationItem, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.accountId);
  }

  @NeedsScope('MODERATE')
  @FieldResolver(() => Person, {
    nullable: true,
    description: 'The moderator who works on it; null: nobody does.',
  })
  claimedBy(@Root() { row }: ModerationItem, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.claimedBy);
  }

  @FieldResolver(() => CommentReportConnection, {
    nullable: true,
    description: 'The reports of the comment, whatever became of them, newest first.',
  })
  reports(
    @Root() { row }: ModerationItem,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<CommentReport>> {
    return loadReports(context, { articleId: row.articleId, id: row.commentId }, args);
  }

  @CommentText()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The text that is public now, as sanitised HTML, where a new one waits; otherwise null.',
  })
  publicBodyHtml(@Root() { row, commentRow }: ModerationItem): string | null {
    return row.held === 'EDIT' ? withDirections(commentRow.bodyHtml) : null;
  }

  @FieldResolver(() => HoldPhaseEnum, {
    nullable: true,
    description:
      'What holds the text; null if nothing does, and for a text that was held before there were phases.',
  })
  async phase(@Root() item: ModerationItem, @Ctx() context: Context): Promise<HeldBy | null> {
    const { held, phase } = item.row;
    if (held !== null && phase !== null) return heldBy(phase);
    const hold = await holdOf(item, context);
    return hold ? heldBy(hold.phase) : null;
  }

  @FieldResolver(() => CommentHold, {
    nullable: true,
    description:
      'What was found in the text that is to be decided on, also if it was public meanwhile; null if nothing was.',
  })
  async hold(@Root() item: ModerationItem, @Ctx() { loaders }: Context): Promise<CommentHold | null> {
    const { articleId, commentId, held } = item.row;
    if (held === null) return null;
    const row = await loaders.get(holdOfText).load({ articleId, commentId, revision: item.revision });
    return row ? CommentHold.from(row, true) : null;
  }

  @FieldResolver(() => HookStateEnum, {
    nullable: true,
    description:
      'What has become of asking the hook about the text; null: the hook is not asked about it, because something else holds it or its approval was undone.',
  })
  async hookState(@Root() item: ModerationItem, @Ctx() context: Context): Promise<HookState | null> {
    const hold = await holdOf(item, context);
    if (!hold) return null;
    return hold.hookOutcome ?? (hold.dueAt === null ? null : 'ASKED');
  }

  @FieldResolver(() => ModerationReasonEnum, {
    nullable: true,
    description:
      'What the hook suspects of the text that it has left to a moderator; null: it has not left it, or has not said.',
  })
  async suspicion(@Root() item: ModerationItem, @Ctx() context: Context): Promise<ModerationReason | null> {
    return (await holdOf(item, context))?.suspicion ?? null;
  }

  @FieldResolver(() => DateTimeScalar, {
    nullable: true,
    description: 'Until when the hook is waited for; null: it is not, or not any more.',
  })
  async hookDueAt(@Root() item: ModerationItem, @Ctx() context: Context): Promise<Date | null> {
    return (await holdOf(item, context))?.dueAt ?? null;
  }
}

/** Finds an entry of the queue, for moderators. */
export const findItemNode = nodeFinder(2, ([articleId = '', commentId = ''], context) =>
  loadItem(context, { articleId, commentId }),
);

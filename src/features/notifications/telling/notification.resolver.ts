import { Arg, Args, Ctx, FieldResolver, Int, Mutation, Resolver, Root } from 'type-graphql';
import { ViewerPayload } from '../../people/credentials/credential.input.ts';
import { toViewer } from '../../people/credentials/credential.resolver.ts';
import { ownDecisionById } from '../../people/account/sanction.loader.ts';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { loadArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { loadComment } from '../../comments/thread/comment.show.ts';
import { Comment } from '../../comments/thread/comment.type.ts';
import { decisionOfComment } from '../../comments/thread/decision.loader.ts';
import { maxReasonLength } from '../../comments/thread/decision.ts';
import { endorsementByKey } from '../../endorsements/endorsement.loader.ts';
import { Endorsement } from '../../endorsements/endorsement.type.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { Campaign, Milestone } from '../../funding/campaign/campaign.type.ts';
import { loadCampaign, loadPledge } from '../../funding/campaign/funding.show.ts';
import { Pledge } from '../../funding/campaign/pledge.type.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import { type Context, requireViewer } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import { keptNotifications, type NotificationKind } from '../inbox/notification-kinds.ts';
import { DecisionNotice } from '../../../platform/screening/decision-notice.type.ts';
import { MarkNotificationsReadInput } from './notification.input.ts';
import {
  inboxCursorByAccountId,
  notificationCursor,
  type NotificationKinds,
  notificationPages,
  unreadCountByAccountId,
} from './notification.loader.ts';
import type { NotificationService } from './notification.service.ts';
import { Notification, NotificationConnection, NotificationKindEnum } from './notification.type.ts';

function checkedKinds(asked: readonly NotificationKind[] | null | undefined): NotificationKinds {
  if (!asked) return null;
  if (asked.length === 0) throw new RequestError('BAD_USER_INPUT', '`kinds` takes at least one value.');
  return [...new Set(asked)].sort();
}

/** The viewer's inbox. */
@Resolver(() => ViewerAccount)
export class ViewerNotificationResolver {
  @FieldResolver(() => NotificationConnection, {
    nullable: true,
    description: `What the viewer is told, newest first: the last ${keptNotifications} notifications are kept.`,
  })
  async notifications(
    @Root() { accountId }: ViewerAccount,
    @Arg('kinds', () => [NotificationKindEnum], {
      nullable: true,
      description: 'What the notifications tell of, at least one kind; absent: all.',
    })
    asked: readonly NotificationKind[] | null | undefined,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() context: Context,
  ): Promise<Connection<Notification>> {
    const kinds = checkedKinds(asked);
    // Before the list: what comes in between is listed and sent, never neither.
    await context.loaders.get(inboxCursorByAccountId).load(accountId);
    const page = await context.loaders
      .get(notificationPages)
      .load({ scope: accountId, variant: kinds, request: pageRequest(args) });
    return toConnection(page, notificationCursor(kinds), (row) => Notification.from(row));
  }

  @FieldResolver(() => EventCursorScalar, {
    description:
      'The position from which `viewerEvents` continues after `notifications` of the same response.',
  })
  async liveCursor(@Root() { accountId }: ViewerAccount, @Ctx() { loaders }: Context): Promise<string> {
    const cursor = await loaders.get(inboxCursorByAccountId).load(accountId);
    if (cursor === undefined) throw new RequestError('NOT_FOUND');
    return cursor;
  }

  @FieldResolver(() => Int, {
    description: 'The number of notifications that are listed and were not read. Always exact.',
  })
  unreadNotificationCount(
    @Root() { accountId }: ViewerAccount,
    @Ctx() { loaders }: Context,
  ): Promise<number> {
    return loaders.get(unreadCountByAccountId).load(accountId);
  }
}

/** What a notification tells of, as it is now. */
@Resolver(() => Notification)
export class NotificationResolver {
  @FieldResolver(() => Article, {
    nullable: true,
    description:
      'The article under which it happened; null if the viewer may not see it at the moment, and if it tells of the account itself.',
  })
  async article(@Root() { row }: Notification, @Ctx() context: Context): Promise<Article | null> {
    return row.articleId === null ? null : loadArticle(context, row.articleId);
  }

  @FieldResolver(() => Comment, {
    nullable: true,
    description:
      'The comment that it tells of, as the kind says; null if there is none, or it is not to be seen.',
  })
  async comment(@Root() { row, kind }: Notification, @Ctx() context: Context): Promise<Comment | null> {
    const { articleId, commentId: id } = row;
    if (articleId === null || id === null) return null;
    const comment = await loadComment(context, { articleId, id });
    // Removed since the list was read: the place of a reply is nothing to tell of.
    const tellsOfRemoval = kind === 'COMMENT_REMOVED' || kind === 'COMMENT_HELD';
    return comment?.status === 'REMOVED' && !tellsOfRemoval ? null : comment;
  }

  @FieldResolver(() => Endorsement, {
    nullable: true,
    description: 'The endorsement that it tells of; null if there is none.',
  })
  async endorsement(@Root() { row }: Notification, @Ctx() context: Context): Promise<Endorsement | null> {
    const { articleId, endorsementId: id } = row;
    if (articleId === null || id === null || !(await loadArticle(context, articleId))) return null;
    const endorsement = await context.loaders.get(endorsementByKey).load({ articleId, id });
    return endorsement?.listed ? Endorsement.from(endorsement) : null;
  }

  @FieldResolver(() => Campaign, {
    nullable: true,
    description:
      'The campaign that it tells of; null if there is none, or the viewer may not see its article.',
  })
  async campaign(@Root() { row }: Notification, @Ctx() context: Context): Promise<Campaign | null> {
    const isOfCampaign = row.commentId === null && row.endorsementId === null;
    return isOfCampaign && row.articleId !== null ? loadCampaign(context, row.articleId) : null;
  }

  @FieldResolver(() => Milestone, {
    nullable: true,
    description: 'The milestone that it tells of; null if there is none.',
  })
  async milestone(@Root() { row }: Notification, @Ctx() context: Context): Promise<Milestone | null> {
    if (row.articleId === null || row.milestone === null) return null;
    const campaign = await loadCampaign(context, row.articleId);
    return campaign?.milestones.find(({ position }) => position === row.milestone) ?? null;
  }

  @FieldResolver(() => Pledge, {
    nullable: true,
    description: 'The viewer’s own pledge that it tells of; null if there is none.',
  })
  async pledge(@Root() { row }: Notification, @Ctx() context: Context): Promise<Pledge | null> {
    const { articleId, pledgeId: id } = row;
    return articleId === null || id === null ? null : loadPledge(context, { articleId, id });
  }

  @FieldResolver(() => DecisionNotice, {
    nullable: true,
    description: 'The decision about the viewer’s own account that it tells of; null if there is none.',
  })
  async decision(@Root() { row }: Notification, @Ctx() { loaders }: Context): Promise<DecisionNotice | null> {
    if (row.decisionId === null) return null;
    const decision = await loaders.get(ownDecisionById).load(row.decisionId);
    return decision ? DecisionNotice.from(decision) : null;
  }

  @TextOf(maxReasonLength)
  @FieldResolver(() => String, {
    nullable: true,
    description: `Why a moderator has rejected or removed the comment, or rejected its new text: plain text of at most ${maxReasonLength} characters. Null if no reason was given, and for other kinds.`,
  })
  async reason(@Root() { row, kind }: Notification, @Ctx() { loaders }: Context): Promise<string | null> {
    const { articleId, commentId: id } = row;
    if (articleId === null || id === null) return null;
    const decided = {
      COMMENT_REJECTED: 'REJECTED',
      COMMENT_REMOVED: 'REMOVED',
      EDIT_REJECTED: 'EDIT_REJECTED',
    };
    if (!(kind in decided)) return null;
    const decision = await loaders.get(decisionOfComment).load({ articleId, id });
    return decision?.kind === decided[kind as keyof typeof decided] ? decision.reason : null;
  }
}

@Resolver()
export class NotificationMutationResolver {
  readonly #notifications: NotificationService;

  constructor(notifications: NotificationService) {
    this.#notifications = notifications;
  }

  @NeverByToken()
  @Mutation(() => ViewerPayload, {
    description: 'Marks the viewer’s notifications up to a position as read, on all devices.',
  })
  async markNotificationsRead(
    @Arg('input', () => MarkNotificationsReadInput, { description: 'Which.' })
    input: MarkNotificationsReadInput,
    @Ctx() context: Context,
  ): Promise<ViewerPayload> {
    const viewer = requireViewer(context);
    await context.limits.useWrite();
    return toViewer(await this.#notifications.markRead(viewer, input.upTo), context);
  }
}

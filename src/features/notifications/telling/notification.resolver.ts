import { Arg, Args, Ctx, Field, FieldResolver, InputType, Int, Resolver, Root } from 'type-graphql';
import { ViewerPayload } from '../../people/credentials/credential.input.ts';
import { toViewer } from '../../people/credentials/credential.resolver.ts';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { loadArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { RequestError } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import { type Connection, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { EventCursorScalar } from '../../../platform/graphql/scalars.ts';
import { type NotificationKind, NotificationKindEnum } from '../../../platform/feature/notification.ts';
import { keptNotifications } from '../inbox/inbox-log.ts';
import { inboxCursorByAccountId, type InboxLoaders, type NotificationKinds } from './notification.loader.ts';
import type { NotificationService } from './notification.service.ts';
import { Notification, NotificationConnection } from './notification.type.ts';

function checkedKinds(asked: readonly NotificationKind[] | null | undefined): NotificationKinds {
  if (!asked) return null;
  if (asked.length === 0) throw new RequestError('BAD_USER_INPUT', '`kinds` takes at least one value.');
  return [...new Set(asked)].sort();
}

/** The viewer's inbox. */
@Resolver(() => ViewerAccount)
export class ViewerNotificationResolver {
  constructor(private readonly inbox: InboxLoaders) {}

  @FieldResolver(() => NotificationConnection, {
    nullable: true,
    description: `What the viewer is told, newest first: the last ${keptNotifications} notifications are kept.`,
  })
  async notifications(
    @Root() { accountId }: ViewerAccount,
    @Arg('kinds', () => [NotificationKindEnum.type], {
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
      .get(this.inbox.pages)
      .load({ scope: accountId, variant: kinds, request: pageRequest(args) });
    return toConnection(page, (row) => Notification.from(row));
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
    return loaders.get(this.inbox.unreadCount).load(accountId);
  }
}

/** What a notification tells of, as it is now; features add what their kinds tell of. */
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
}

@InputType({ description: 'Notifications that were read.' })
class MarkNotificationsReadInput {
  @Field(() => Int, {
    description:
      'The `position` of the newest notification that was read: this one and all before it are read. A smaller number than before changes nothing.',
  })
  upTo!: number;
}

@Resolver()
export class NotificationMutationResolver {
  constructor(private readonly notifications: NotificationService) {}

  @NeverByToken()
  @AccountCommand(ViewerPayload, {
    description: 'Marks the viewer’s notifications up to a position as read, on all devices.',
    input: [MarkNotificationsReadInput, 'Which.'],
  })
  async markNotificationsRead(
    input: MarkNotificationsReadInput,
    viewer: Viewer,
    context: Context,
  ): Promise<ViewerPayload> {
    return toViewer(await this.notifications.markRead(viewer, input.upTo), context);
  }
}

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { loadArticle } from '../articles/article/article.show.ts';
import { Notification } from '../notifications/telling/notification.type.ts';
import { endorsementNotifications } from './endorsement-notifications.ts';
import { endorsementByKey } from './endorsement.loader.ts';
import { Endorsement } from './endorsement.type.ts';

/** The endorsement that a notification tells of. */
@Resolver(() => Notification)
export class EndorsementNotificationResolver {
  @FieldResolver(() => Endorsement, {
    nullable: true,
    description: 'The endorsement that it tells of; null if there is none.',
  })
  async endorsement(
    @Root() notification: Notification,
    @Ctx() context: Context,
  ): Promise<Endorsement | null> {
    const key = notification.subjectOf(endorsementNotifications);
    if (!key || !(await loadArticle(context, key.articleId))) return null;
    const endorsement = await context.loaders.get(endorsementByKey).load(key);
    return endorsement?.listed ? Endorsement.from(endorsement) : null;
  }
}

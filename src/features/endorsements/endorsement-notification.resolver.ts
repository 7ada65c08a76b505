import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../platform/graphql/context.ts';
import { loadArticle } from '../articles/article/article.show.ts';
import { Notification } from '../notifications/telling/notification.type.ts';
import { endorsementByKey } from './endorsement.loader.ts';
import { Endorsement } from './endorsement.type.ts';

/** The endorsement that a notification tells of. */
@Resolver(() => Notification)
export class EndorsementNotificationResolver {
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
}

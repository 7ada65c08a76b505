import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ownDecisionById } from '../../people/account/sanction.loader.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { DecisionNotice } from '../../../platform/screening/decision-notice.type.ts';
import { Notification } from '../../notifications/telling/notification.type.ts';
import { decisionNotifications } from './decision-notifications.ts';

/** The decision that a notification tells of. */
@Resolver(() => Notification)
export class DecisionNotificationResolver {
  @FieldResolver(() => DecisionNotice, {
    nullable: true,
    description: 'The decision about the viewer’s own account that it tells of; null if there is none.',
  })
  async decision(
    @Root() { kind, row: { subjectId } }: Notification,
    @Ctx() { loaders }: Context,
  ): Promise<DecisionNotice | null> {
    if (subjectId === null || !(kind in decisionNotifications)) return null;
    const decision = await loaders.get(ownDecisionById).load(subjectId);
    return decision ? DecisionNotice.from(decision) : null;
  }
}

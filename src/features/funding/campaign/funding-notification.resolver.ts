import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import { Notification } from '../../notifications/telling/notification.type.ts';
import { Campaign, Milestone } from './campaign.type.ts';
import { fundingNotifications } from './funding-notifications.ts';
import { loadCampaign, loadPledge } from './funding.show.ts';
import { Pledge } from './pledge.type.ts';

const { PLEDGE_FAILED, MILESTONE_REACHED, MILESTONE_SETTLED } = fundingNotifications;

/** The money that a notification tells of. */
@Resolver(() => Notification)
export class FundingNotificationResolver {
  @FieldResolver(() => Campaign, {
    nullable: true,
    description:
      'The campaign that it tells of; null if there is none, or the viewer may not see its article.',
  })
  async campaign(
    @Root() { kind, row: { articleId } }: Notification,
    @Ctx() context: Context,
  ): Promise<Campaign | null> {
    return articleId !== null && kind in fundingNotifications ? loadCampaign(context, articleId) : null;
  }

  @FieldResolver(() => Milestone, {
    nullable: true,
    description: 'The milestone that it tells of; null if there is none.',
  })
  async milestone(@Root() notification: Notification, @Ctx() context: Context): Promise<Milestone | null> {
    const key = notification.subjectOf({ MILESTONE_REACHED, MILESTONE_SETTLED });
    const campaign = key && (await loadCampaign(context, key.articleId));
    return campaign?.milestones.find(({ position }) => String(position) === key?.id) ?? null;
  }

  @FieldResolver(() => Pledge, {
    nullable: true,
    description: 'The viewer’s own pledge that it tells of; null if there is none.',
  })
  async pledge(@Root() notification: Notification, @Ctx() context: Context): Promise<Pledge | null> {
    const key = notification.subjectOf({ PLEDGE_FAILED });
    return key ? loadPledge(context, key) : null;
  }
}

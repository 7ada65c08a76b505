import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import { Notification } from '../../notifications/telling/notification.type.ts';
import { Campaign, Milestone } from './campaign.type.ts';
import { loadCampaign, loadPledge } from './funding.show.ts';
import { Pledge } from './pledge.type.ts';

/** The money that a notification tells of. */
@Resolver(() => Notification)
export class FundingNotificationResolver {
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
}

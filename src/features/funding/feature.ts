import { Funding1796050000000 } from '../../../migrations/1796050000000-funding.ts';
import { Ledger1796060000000 } from '../../../migrations/1796060000000-ledger.ts';
import { fundingErrors } from './funding-errors.ts';
import { fundingInvariants, fundingKeys } from './funding-invariants.ts';
import { fundingTexts } from './funding-texts.ts';
import { proofsOf } from '../people/credentials/account-services.ts';
import { fundingNotifications } from './campaign/funding-notifications.ts';
import { FundingNotificationResolver } from './campaign/funding-notification.resolver.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { BackerResolver } from './campaign/backer.resolver.ts';
import {
  ArticleCampaignResolver,
  CampaignListResolver,
  CampaignResolver,
  findCampaignNode,
  JournalistCampaignResolver,
  MilestoneResolver,
} from './campaign/campaign.resolver.ts';
import { CampaignEntity, MilestoneEntity } from './campaign/campaign.entity.ts';
import { CampaignService } from './campaign/campaign.service.ts';
import { MoneyRecorder } from './collection/money-recorder.ts';
import {
  ArticleUnlockedResolver,
  FundingEventResolver,
  MilestoneReachedResolver,
  MilestoneSettledResolver,
  PledgeAddedResolver,
  PledgeChangedResolver,
} from './campaign/funding-event.resolver.ts';
import { fundingCounters, fundingEvents } from './campaign/funding-events.ts';
import {
  ArticleUnlocked,
  CampaignEnded,
  CampaignUpdated,
  CollectionProgressed,
  MilestoneReached,
  MilestoneSettled,
  PledgeAdded,
  PledgeChanged,
  PledgeWithdrawn,
} from './campaign/funding-event.type.ts';
import { Inbox } from '../notifications/inbox/inbox.ts';
import { fundingData } from './campaign/funding-data.queries.ts';
import { fundingErasure } from './pledge/funding-erasure.ts';
import { FundingLeaseEntity, ProviderEventEntity } from './collection/funding-work.entity.ts';
import { insertProviderEvent, pruneProviderEvents } from './collection/funding-work.queries.ts';
import { paymentRoutes } from './provider/payment-routes.ts';
import { FundingJob } from './collection/funding-job.ts';
import {
  CampaignMutationResolver,
  MoneyMutationResolver,
  PledgeMutationResolver,
} from './funding.mutation.ts';
import { ledgerTables } from './ledger/ledger.entity.ts';
import {
  CampaignManagementOfferResolver,
  CampaignManagementResolver,
  CampaignOfferResolver,
} from './management/management.resolver.ts';
import { MoneyService } from './collection/money.service.ts';
import { DisputeEntity, PaymentEntity, PayoutEntity, RefundEntity } from './pledge/payment.entity.ts';
import { PayerEntity } from './pledge/payer.entity.ts';
import { prunePayers } from './pledge/payer.queries.ts';
import { PledgeEntity } from './pledge/pledge.entity.ts';
import { pruneReleasedPledges } from './campaign/pledge.queries.ts';
import {
  CampaignPledgeResolver,
  findPledgeNode,
  PledgeResolver,
  ViewerPledgeResolver,
} from './pledge/pledge.resolver.ts';
import { PledgeService } from './pledge/pledge.service.ts';
import { UnlockService } from './campaign/unlock.service.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { campaignsPage, raisingNowPart, supportLinePart } from './campaign.page.ts';
import { supportBoxPart } from './support-box.page.ts';
import { texts } from './campaign-page-texts.ts';
import { scriptedPages } from '../../platform/page/served.ts';

const modeOf = ({ payments }: Parts): boolean | undefined => payments?.testMode;

const graceMsOf = ({ config }: Parts): number => config.fundingGraceHours * 3_600_000;

/** The provider sends people back to where they see what became of their pledge. */
const pledgesOf = ({ db, log, clock, payments, links }: Parts): PledgeService =>
  new PledgeService({
    db,
    log,
    clock,
    provider: payments,
    returnUrl: (slug) => (slug === null ? links.ownPledges() : `${links.article(slug)}#support`),
  });

declare module '../../platform/auth/scopes.ts' {
  interface Scopes {
    readonly FUND: true;
  }
}

/** Campaigns, pledges, and what happens to money. */
export const fundingFeature = defineFeature({
  name: 'funding',
  migrations: [Funding1796050000000, Ledger1796060000000],
  tables: [
    CampaignEntity,
    MilestoneEntity,
    PledgeEntity,
    PaymentEntity,
    RefundEntity,
    DisputeEntity,
    PayoutEntity,
    PayerEntity,
    ProviderEventEntity,
    FundingLeaseEntity,
    ...ledgerTables,
  ],
  resolvers: [
    resolver(ArticleCampaignResolver),
    resolver(JournalistCampaignResolver),
    resolver(CampaignListResolver, (parts) => [modeOf(parts)]),
    resolver(BackerResolver),
    resolver(CampaignResolver, (parts) => [modeOf(parts)]),
    resolver(CampaignPledgeResolver, (parts) => [parts.clock, modeOf(parts)]),
    resolver(CampaignOfferResolver, (parts) => [modeOf(parts) !== undefined]),
    resolver(CampaignManagementOfferResolver),
    resolver(CampaignManagementResolver),
    resolver(MilestoneResolver),
    resolver(PledgeResolver, (parts) => [graceMsOf(parts), modeOf(parts)]),
    resolver(ViewerPledgeResolver, (parts) => [modeOf(parts) !== undefined]),
    resolver(CampaignMutationResolver, (parts) => [
      new CampaignService({ ...parts, testMode: modeOf(parts) }),
    ]),
    resolver(PledgeMutationResolver, (parts) => [pledgesOf(parts)]),
    resolver(MoneyMutationResolver, (parts) => [
      new MoneyService({ ...parts, proofs: proofsOf(parts), testMode: modeOf(parts) }),
    ]),
    resolver(FundingNotificationResolver),
    resolver(FundingEventResolver),
    resolver(PledgeAddedResolver),
    resolver(PledgeChangedResolver),
    resolver(MilestoneReachedResolver),
    resolver(MilestoneSettledResolver),
    resolver(ArticleUnlockedResolver),
  ],
  types: [
    CampaignUpdated,
    CampaignEnded,
    PledgeAdded,
    PledgeChanged,
    PledgeWithdrawn,
    MilestoneReached,
    MilestoneSettled,
    CollectionProgressed,
    ArticleUnlocked,
  ],
  nodes: { Campaign: findCampaignNode, Pledge: findPledgeNode },
  logs: [],
  events: fundingEvents,
  counters: fundingCounters,
  notifications: fundingNotifications,
  idempotency: fundingKeys,
  errorCodes: fundingErrors,
  scopes: { FUND: { place: 4, refusedToServices: 'A service account does not pledge: nobody would pay.' } },
  texts: fundingTexts,
  invariants: fundingInvariants,
  pruning: () => [
    { name: 'provider notices', step: pruneProviderEvents },
    { name: 'payers', step: prunePayers },
    { name: 'pledges that never counted', step: pruneReleasedPledges },
  ],
  jobs: (parts) => {
    const { payments: provider, config, onJobError } = parts;
    if (!provider) return [];
    return [
      new FundingJob({
        ...parts,
        provider,
        pledges: pledgesOf(parts),
        recorder: new MoneyRecorder({
          ...parts,
          inbox: new Inbox(parts.bus),
          graceMs: graceMsOf(parts),
        }),
        unlocks: new UnlockService(parts),
        everyMs: config.fundingPollMs,
        onError: (error) => onJobError('money', error),
      }),
    ];
  },
  routes: ({ payments: provider, paymentPages: pages, db }) =>
    provider
      ? [
          paymentRoutes({
            provider,
            onNotice: (event) => insertProviderEvent(db.forNode('notices'), event),
            pages,
          }),
        ]
      : [],
  served: {
    pages: {
      [pageRoutes.campaigns]: campaignsPage,
      ...scriptedPages(pageRoutes.campaign, pageRoutes.myPledges),
    },
    parts: { SupportBox: supportBoxPart, SupportLine: supportLinePart, RaisingNow: raisingNowPart },
    texts,
  },
  erasure: ({ fundingRetainDays }) => fundingErasure(fundingRetainDays),
  personalData: [fundingData],
});

import { alike, missing, shownTo, type Permissions } from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';
import { campaignInput } from '../../support/funding.ts';
import * as campaign from './funding-things.ts';

export const fundingPermissions = {
  queries: {
    campaigns: { gates: is.everybody, needs: ['READ'], tried: 'test/permissions/lists.test.ts' },
    ...alike(
      { gates: is.everybody, needs: ['READ'], tried: 'test/permissions/reading.test.ts' },
      { fundingCurrencies: {}, fundingTestMode: {} },
    ),
  },
  mutations: {
    createCampaign: {
      gates: [...is.articleEditors, [campaign.hasNoCampaign, 'CAMPAIGN_EXISTS']],
      kind: 'WORK',
      needs: ['PUBLISH'],
      input: ({ articleId }) => campaignInput(articleId, [{ title: 'A goal', goal: 10_000 }]),
      on: { Article: ({ id }) => campaignInput(id, [{ title: 'A goal', goal: 10_000 }]) },
    },
    updateCampaign: {
      gates: [...is.articleEditors, [campaign.isNotOver, 'WRONG_STATUS']],
      kind: 'WORK',
      needs: ['PUBLISH'],
      input: () => ({ campaignId: missing('Campaign') }),
      on: {
        Campaign: ({ id, milestones }) => ({
          campaignId: id,
          milestones: milestones.map((milestone) => ({ ...milestone, title: 'Another title' })),
        }),
      },
    },
    launchCampaign: {
      gates: [
        ...is.articleEditors,
        [campaign.isDraftOrLive, 'WRONG_STATUS'],
        [campaign.isPublishedOrLaunched, 'WRONG_STATUS'],
      ],
      kind: 'WORK',
      needs: ['PUBLISH'],
      ...campaign.aboutCampaign,
    },
    cancelCampaign: {
      gates: [
        ...is.articleEditors,
        [campaign.isNotOverByItself, 'WRONG_STATUS'],
        [campaign.isNotStoppedForJournalists, 'WRONG_STATUS'],
      ],
      kind: 'WORK',
      needs: ['PUBLISH'],
      ...campaign.aboutCampaign,
    },
    suspendCampaign: {
      gates: [
        ...is.activeAccounts,
        [is.seesArticle, 'NOT_FOUND'],
        [is.isEditor, 'FORBIDDEN'],
        [campaign.isRunning, 'WRONG_STATUS'],
      ],
      kind: 'WORK',
      needs: ['ADMINISTER'],
      ...campaign.aboutCampaign,
    },
    pledge: {
      gates: [
        ...is.confirmedAccounts,
        [campaign.seesCampaign, 'NOT_FOUND'],
        [campaign.isNotItsJournalist, 'FORBIDDEN'],
        [campaign.takesPledges, 'CAMPAIGN_CLOSED'],
        [campaign.hasNotPledged, 'ALREADY_PLEDGED'],
      ],
      kind: 'WORK',
      needs: ['FUND'],
      input: () => ({ campaignId: missing('Campaign'), amount: '500' }),
      on: { Campaign: ({ id }) => ({ campaignId: id, amount: '500' }) },
    },
    changePledge: {
      gates: [
        ...is.activeAccounts,
        [campaign.isOwnPledge, 'NOT_FOUND'],
        [campaign.isNotDue, 'WRONG_STATUS'],
        [campaign.takesPledges, 'CAMPAIGN_CLOSED'],
      ],
      kind: 'WORK',
      needs: ['FUND'],
      input: () => ({ pledgeId: missing('Pledge', '999999', '1'), amount: '500' }),
      on: { Pledge: ({ id }) => ({ pledgeId: id, amount: '500' }) },
    },
    withdrawPledge: {
      gates: [
        ...is.accounts,
        [campaign.isOwnPledge, 'NOT_FOUND'],
        [campaign.isNotDueOrWithdrawn, 'WRONG_STATUS'],
      ],
      kind: 'WORK',
      needs: ['FUND'],
      ...campaign.aboutPledge,
    },
    retryPledge: {
      gates: [
        ...is.activeAccounts,
        [campaign.isOwnPledge, 'NOT_FOUND'],
        [campaign.waitsForMeans, 'WRONG_STATUS'],
      ],
      kind: 'WORK',
      needs: ['FUND'],
      ...campaign.aboutPledge,
    },
    refundPledge: {
      gates: [
        ...is.activeAccounts,
        [is.seesArticle, 'NOT_FOUND'],
        [is.isEditor, 'FORBIDDEN'],
        [campaign.wasCollected, 'WRONG_STATUS'],
      ],
      kind: 'WORK',
      needs: ['ADMINISTER'],
      ...campaign.aboutPledge,
    },
    payOut: {
      gates: [
        ...is.activeAccounts,
        [is.seesArticle, 'NOT_FOUND'],
        [is.isEditor, 'FORBIDDEN'],
        [campaign.isNotStopped, 'WRONG_STATUS'],
        [campaign.holdsEnough, 'INSUFFICIENT_FUNDS'],
      ],
      kind: 'PAYOUT',
      input: () => ({ campaignId: missing('Campaign'), amount: '1', destination: 'acct_example' }),
      on: { Campaign: ({ id }) => ({ campaignId: id, amount: '1', destination: 'acct_example' }) },
    },
  },
  subscriptions: {},
  types: {
    Campaign: campaign.seesCampaign,
    Pledge: campaign.seesPledge,
    Milestone: 'whoever sees the campaign; the article that it unlocks only to those who see that article',
    CampaignManagement:
      'those who may edit the campaign’s article; its pledges only to editors and administrators',
    PledgeTally: 'those who may edit the campaign’s article',
    Payout: 'those who may edit the campaign’s article',
    Backer: 'whoever sees the campaign, if the person wishes to be named and has not withdrawn',
    FundingCurrency: 'everybody',
    Money: 'whoever sees the object with the field',
    LedgerTransaction: 'whoever sees the campaign',
    LedgerEntry: 'whoever sees the campaign; the backer only by a pseudonym',
    ...shownTo(
      'whoever sees the article',
      'ArticleUnlocked',
      'CampaignUpdated',
      'CampaignEnded',
      'MilestoneReached',
      'MilestoneSettled',
      'CollectionProgressed',
    ),
    PledgeAdded:
      'whoever sees the article; the backer only if they wish to be named, null in place of a pledge that was withdrawn since',
    PledgeChanged:
      'whoever sees the article; the backer only if they wish to be named, null in place of a pledge that was withdrawn since',
    PledgeWithdrawn: 'whoever sees the article; nothing of the pledge',
  },
  fields: {
    'Article.campaign': [[campaign.seesCampaign, 'null']],
    'Campaign.viewerManagement': [[is.editsArticle, 'null']],
    'Campaign.viewerPledge': [
      [is.signedIn, 'null'],
      [campaign.hasEverPledged, 'null'],
    ],
    'Campaign.viewerPledges': [[is.signedIn, 'null']],
    'Pledge.campaign': [[campaign.seesCampaign, 'null']],
    'Pledge.milestone': [[campaign.seesCampaign, 'null']],
    'Pledge.setupUrl': [
      [campaign.isOwnPledge, 'null'],
      [campaign.hasPage, 'null'],
    ],
  },
  privateScopes: {
    Pledge: ['FUND', 'ADMINISTER'],
    CampaignManagement: ['PUBLISH', 'ADMINISTER'],
  },
  predictions: {
    'Article.viewerCanCreateCampaign': ['createCampaign'],
    'Campaign.viewerCanPledge': ['pledge'],
    'Campaign.viewerCanManage': ['updateCampaign'],
    'Campaign.viewerCanCancel': ['cancelCampaign'],
    'Pledge.viewerCanRefund': ['refundPledge'],
  },
  world: campaign.fundingWorld,
} satisfies Permissions;

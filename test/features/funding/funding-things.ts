import { globalId, setArticle } from '../../support/article-states.ts';
import { fundingWorker } from '../../support/funding-worker.ts';
import { addCampaign, back, campaignInput, fund, type TestMilestone } from '../../support/funding.ts';
import type { PaymentOutcome } from '../../support/provider-double.ts';
import { missing, type WorldPart } from '../../permissions/declaration.ts';
import {
  articleOf,
  type ArticleThing,
  edits,
  has,
  type Item,
  onArticle,
  rule,
  rulesOn,
  seesArticleOf,
  type Rule,
  type Who,
} from '../../permissions/rules.ts';
import type { Stage } from '../../permissions/world.ts';

/* The campaigns and pledges of the world of `test/permissions/`, and the rules about them. */

/** The facts about a campaign, which is visible together with its article or hidden by itself. */
export interface CampaignFacts {
  readonly status: 'DRAFT' | 'LIVE' | 'SUSPENDED' | 'SUCCEEDED' | 'ENDED' | 'CANCELLED';
  readonly wasLaunched: boolean;
  /** The accounts whose pledges count, and are not due yet. */
  readonly backerIds: readonly string[];
  /** The accounts that have pledged at all. */
  readonly everBackerIds: readonly string[];
  /** Whether the campaign holds money that was collected. */
  readonly holdsMoney: boolean;
}

/** The campaign of an article that has one. */
export interface CampaignThing {
  readonly kind: 'Campaign';
  readonly article: ArticleThing;
}

export interface PledgeThing {
  readonly kind: 'Pledge';
  readonly article: ArticleThing;
  readonly accountId: string | null;
  readonly status:
    | 'SETUP'
    | 'ACTIVE'
    | 'DUE'
    | 'COLLECTED'
    | 'ACTION_REQUIRED'
    | 'DROPPED'
    | 'WITHDRAWN'
    | 'RELEASED'
    | 'REFUNDED'
    | 'DISPUTED'
    | 'LOST';
  /** Whether there is a page on which a means of payment is saved. */
  readonly hasPage: boolean;
}

/** A milestone as a mutation takes it. */
export type MilestoneInput = Readonly<Record<'title' | 'description' | 'goal', string>> & {
  readonly unlockedArticleId?: string;
};

export interface CampaignItem extends Item<CampaignThing> {
  readonly milestones: readonly MilestoneInput[];
}

export interface PledgeItem extends Item<PledgeThing> {
  /** Minor units. No other amount of the world is the same, or a part of it. */
  readonly amount: string;
  /** The name under which the backer is public; null: the backer is not named, or the pledge does not count. */
  readonly publicName: string | null;
}

declare module '../../permissions/rules.ts' {
  interface ArticleThing {
    readonly campaign: CampaignFacts | null;
  }
  interface Items {
    readonly Campaign: CampaignItem;
    readonly Pledge: PledgeItem;
  }
}

/** A rule about an article's campaign, or about the campaign of a pledge; not met without a campaign. */
const onCampaign = (
  text: string,
  holds: (campaign: CampaignFacts, who: Who, article: ArticleThing) => boolean,
): Rule =>
  rule(text, (who, thing) => {
    const article = articleOf(thing);
    return article === undefined || (article.campaign !== null && holds(article.campaign, who, article));
  });
const onPledge = rulesOn('Pledge');
const movesMoney = (who: Who) => has(who, 'EDITOR', 'ADMINISTRATOR') && !who.suspended;
const pledged = (pledge: PledgeThing, who: Who) =>
  who.accountId !== null && pledge.accountId === who.accountId;

export const seesCampaign = onCampaign(
  'see the campaign: you see its article, and it was launched, or you edit its article',
  ({ wasLaunched }, who, article) => seesArticleOf(article, who) && (wasLaunched || edits(article, who)),
);
export const hasNoCampaign = onArticle('the article has no campaign', ({ campaign }) => campaign === null);
export const isDraftOrLive = onCampaign(
  'the campaign is a draft, or live',
  ({ status }) => status === 'DRAFT' || status === 'LIVE',
);
export const isPublishedOrLaunched = onCampaign(
  'the article is published, unless the campaign was launched before',
  ({ status }, _, article) => status === 'LIVE' || article.status === 'PUBLISHED',
);
export const isNotOver = onCampaign(
  'the campaign is not over',
  ({ status }) => status === 'DRAFT' || status === 'LIVE' || status === 'SUSPENDED',
);
export const isNotOverByItself = onCampaign(
  'the campaign has not ended by its last milestone or its deadline',
  ({ status }) => status !== 'SUCCEEDED' && status !== 'ENDED',
);
export const isNotStoppedForJournalists = onCampaign(
  'the campaign is not suspended, or are an editor or an administrator',
  ({ status }, who) => status !== 'SUSPENDED' || has(who, 'EDITOR', 'ADMINISTRATOR'),
);
export const isRunning = onCampaign(
  'the campaign is live or suspended',
  ({ status }) => status === 'LIVE' || status === 'SUSPENDED',
);
export const isNotItsJournalist = onArticle(
  'are not the article’s journalist',
  ({ ownerId }, who) => ownerId === null || ownerId !== who.accountId,
);
export const takesPledges = onCampaign(
  'the campaign takes pledges: it is live, its deadline is ahead, and its article is published',
  ({ status }, _, article) => status === 'LIVE' && article.status === 'PUBLISHED',
);
export const hasNotPledged = onCampaign(
  'have no pledge to the open milestone',
  ({ backerIds }, who) => !backerIds.includes(who.accountId ?? ''),
);
export const hasEverPledged = onCampaign('have pledged, whatever became of it', ({ everBackerIds }, who) =>
  everBackerIds.includes(who.accountId ?? ''),
);
export const isNotStopped = onCampaign(
  'the campaign is not suspended',
  ({ status }) => status !== 'SUSPENDED',
);
export const holdsEnough = onCampaign(
  'the campaign holds the amount, beside what is being paid out or given back',
  ({ holdsMoney }) => holdsMoney,
);
export const isOwnPledge = onPledge('made the pledge', pledged);
export const seesPledge = onPledge(
  'made the pledge, or are an editor or an administrator who is not suspended',
  (pledge, who) => pledged(pledge, who) || movesMoney(who),
);
export const isNotDue = onPledge(
  'the milestone of the pledge is not reached, and the pledge is not over',
  ({ status }) => status === 'SETUP' || status === 'ACTIVE',
);
export const isNotDueOrWithdrawn = onPledge(
  'the milestone of the pledge is not reached, and the pledge is not over, unless it was withdrawn',
  ({ status }) => status === 'SETUP' || status === 'ACTIVE' || status === 'WITHDRAWN',
);
export const waitsForMeans = onPledge(
  'the pledge waits for a means of payment',
  ({ status }) => status === 'SETUP' || status === 'ACTION_REQUIRED',
);
export const hasPage = onPledge('a means of payment has to be saved', (pledge) => pledge.hasPage);
export const wasCollected = onPledge(
  'the pledge was collected',
  ({ status }) => status === 'COLLECTED' || status === 'REFUNDED',
);

/** Goals of the campaigns of articles, each with the article that it unlocks. All others than `drafts` are launched. */
const campaigns: Readonly<Record<string, readonly [goal: number, unlocks?: string][]>> = {
  open: [[10_019], [1_000_033, 'former’s draft']],
  closed: [[500_029, 'draft']],
  premoderated: [[600_043]],
  draft: [[700_027]],
  unpublished: [[800_029]],
  former: [[5023]],
  shelved: [[900_053]],
};
const drafts: readonly string[] = ['closed', 'draft', 'shelved'];

interface Backing {
  readonly article: string;
  readonly by: string;
  readonly amount: number;
  readonly named?: boolean;
  /** Absent: no means of payment is saved. */
  readonly outcome?: PaymentOutcome;
}

/** Pledges before the worker runs for the first time, which reach the first milestone of `open` and the one of `former`. */
const earlyBackings: readonly Backing[] = [
  { article: 'open', by: 'reader', amount: 6011, named: true, outcome: 'succeeds' },
  { article: 'open', by: 'other reader', amount: 4013, outcome: 'declined' },
  { article: 'former', by: 'author', amount: 5029, named: true, outcome: 'succeeds' },
  { article: 'premoderated', by: 'author', amount: 7013, named: true, outcome: 'succeeds' },
  { article: 'unpublished', by: 'other reader', amount: 8017, named: true, outcome: 'succeeds' },
];
/** Pledges after that. */
const lateBackings: readonly Backing[] = [
  { article: 'open', by: 'author', amount: 3019, named: true, outcome: 'succeeds' },
  { article: 'open', by: 'suspended author', amount: 1999, outcome: 'succeeds' },
  { article: 'open', by: 'former journalist', amount: 2539, named: true, outcome: 'succeeds' },
];
/** Pledges that count for nothing, because no means of payment is saved. */
const unfinishedBackings: readonly Backing[] = [
  { article: 'open', by: 'moderator', amount: 7_654_321, named: true },
];

/** Makes campaigns and pledges. Drafts that milestones unlock are drafts from then on. */
async function addCampaigns(stage: Stage): Promise<void> {
  const { app, provider, clock } = stage;
  const editor = stage.user('editor');
  const unlocked = Object.values(campaigns).flatMap((goals) => goals.map(([, unlocks]) => unlocks));
  for (const name of unlocked)
    if (name !== undefined) await setArticle(app, stage.article(name).articleId, { status: 'DRAFT' });
  const ids = new Map<string, string>();
  for (const [name, goals] of Object.entries(campaigns)) {
    const milestones = goals.map(([goal, unlocks], index): TestMilestone => ({
      title: `Purpose ${index + 1} of ${name}.`,
      goal,
      ...(unlocks === undefined ? {} : { unlockedArticleId: stage.article(unlocks).id }),
    }));
    const input = campaignInput(stage.article(name).id, milestones, clock.now());
    ids.set(name, await addCampaign(app, editor, input, { launched: !drafts.includes(name) }));
  }
  const worker = fundingWorker(app, provider, { clock });
  const pledge = async ({ article: name, by, amount, named = false, outcome }: Backing) => {
    const input = { campaignId: ids.get(name) ?? '', amount: String(amount), named };
    if (outcome) await back(app, provider, stage.user(by), { ...input, outcome });
    else await fund(app, 'pledge', input, stage.user(by));
  };
  for (const backing of earlyBackings) await pledge(backing);
  await worker.run();
  for (const backing of lateBackings) await pledge(backing);
  await worker.run();
  for (const backing of unfinishedBackings) await pledge(backing);
  await fund(app, 'cancelCampaign', { campaignId: ids.get('premoderated') }, editor);
  await fund(app, 'cancelCampaign', { campaignId: ids.get('shelved') }, editor);
  await fund(app, 'suspendCampaign', { campaignId: ids.get('unpublished') }, editor);
  const ownPledge = async (name: string) => {
    const [row] = await stage.sql<{ articleId: string; id: string }>(
      `SELECT article_id::text AS "articleId", id::text AS id FROM pledge WHERE account_id = $1 ORDER BY id LIMIT 1`,
      [stage.user(name).accountId],
    );
    return globalId('Pledge', row?.articleId ?? '', row?.id ?? '');
  };
  const change = { pledgeId: await ownPledge('suspended author'), amount: '2027' };
  await fund(app, 'changePledge', change, stage.user('suspended author'));
  const withdrawn = { pledgeId: await ownPledge('former journalist') };
  await fund(app, 'withdrawPledge', withdrawn, stage.user('former journalist'));
  const failed = { pledgeId: await ownPledge('other reader') };
  await fund(app, 'retryPledge', failed, stage.user('other reader'));
}

async function readCampaigns(stage: Stage): Promise<CampaignItem[]> {
  const rows = await stage.sql<{
    articleId: string;
    milestones: (MilestoneInput & { unlocks: string | null })[];
  }>(
    `SELECT article_id::text AS "articleId", json_agg(json_build_object('title', title, 'description', description,
       'goal', goal::text, 'unlocks', unlocked_article_id::text) ORDER BY position) AS milestones
     FROM milestone GROUP BY article_id ORDER BY article_id`,
  );
  return rows.map(({ articleId, milestones }) => {
    const { name, slug = '', thing: article } = stage.articleItem(articleId);
    return {
      name,
      slug,
      id: globalId('Campaign', articleId),
      thing: { kind: 'Campaign', article },
      milestones: milestones.map(({ unlocks, ...milestone }) => ({
        ...milestone,
        ...(unlocks === null ? {} : { unlockedArticleId: globalId('Article', unlocks) }),
      })),
    };
  });
}

async function readPledges(stage: Stage): Promise<PledgeItem[]> {
  const rows = await stage.sql<
    Pick<PledgeThing, 'accountId' | 'status' | 'hasPage'> & {
      articleId: string;
      id: string;
      amount: string;
      publicName: string | null;
    }
  >(
    `SELECT article_id::text AS "articleId", id::text AS id, account_id::text AS "accountId", status,
       set_up_url IS NOT NULL AS "hasPage", amount::text AS amount,
       CASE WHEN activated_at IS NOT NULL AND status <> 'WITHDRAWN' THEN display_name END AS "publicName"
     FROM pledge ORDER BY id`,
  );
  return rows.map(({ articleId, id, amount, publicName, ...facts }) => {
    const article = stage.articleItem(articleId);
    const backer = stage.visitors.find(({ accountId }) => accountId === facts.accountId);
    return {
      name: `${facts.status} of ${backer?.name} to ${article.name}`,
      id: globalId('Pledge', articleId, id),
      amount,
      publicName,
      thing: { kind: 'Pledge', article: article.thing, ...facts },
    };
  });
}

export const fundingWorld = {
  tables: ['campaign', 'milestone', 'pledge', 'payment', 'refund', 'payout'],
  articleFacts: {
    campaign: `SELECT json_build_object('status', c.status, 'wasLaunched', c.launched_at IS NOT NULL,
        'backerIds', ARRAY(SELECT account_id::text FROM pledge p WHERE p.article_id = a.id AND p.status = 'ACTIVE'),
        'everBackerIds', ARRAY(SELECT account_id::text FROM pledge p WHERE p.article_id = a.id),
        'holdsMoney', EXISTS (SELECT FROM ledger_entry e WHERE e.article_id = a.id AND e.account = 'CAMPAIGN'))
      FROM campaign c WHERE c.article_id = a.id`,
  },
  make: addCampaigns,
  events: [
    'CampaignEnded',
    'CampaignUpdated',
    'CollectionProgressed',
    'MilestoneReached',
    'MilestoneSettled',
    'PledgeAdded',
    'PledgeChanged',
    'PledgeWithdrawn',
  ],
  things: {
    Campaign: {
      read: readCampaigns,
      way: ({ slug }) => [`article(slug: "${slug}")`, 'campaign'],
      secrets: ({ thing, milestones }, who) =>
        seesCampaign.holds(who, thing) ? [] : milestones.flatMap(({ title, goal }) => [title, `"${goal}"`]),
    },
    Pledge: {
      read: readPledges,
      secrets: ({ thing, amount }, who) => {
        // The amount of a pledge that counts is public.
        const isPublic = thing.status !== 'SETUP' && seesCampaign.holds(who, thing);
        return isPublic || seesPledge.holds(who, thing) ? [] : [`"${amount}"`];
      },
    },
  },
} satisfies WorldPart;

export const aboutCampaign = {
  input: () => ({ campaignId: missing('Campaign') }),
  on: { Campaign: ({ id }: CampaignItem) => ({ campaignId: id }) },
};
export const aboutPledge = {
  input: () => ({ pledgeId: missing('Pledge', '999999', '1') }),
  on: { Pledge: ({ id }: PledgeItem) => ({ pledgeId: id }) },
};

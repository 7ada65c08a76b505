import type { OwnOperation } from '../../platform/operations/public-reader.ts';
import type {
  PageOfArticleQuery,
  PageOfArticleQueryVariables,
  PageOfBranchQuery,
  PageOfBranchQueryVariables,
  PageOfCampaignQuery,
  PageOfCampaignQueryVariables,
  PageOfCampaignsQuery,
  PageOfCampaignsQueryVariables,
  PageOfFrontQuery,
  PageOfFrontQueryVariables,
  PageOfJournalistQuery,
  PageOfJournalistQueryVariables,
  PageOfTagQuery,
  PageOfTagQueryVariables,
} from './generated/operations.ts';

/** An article as the page shows it before any script runs. */
export type PageArticle = NonNullable<PageOfArticleQuery['article']>;

/** One of the comments on an article's page; a tombstone has neither text nor author. */
export type PageComment = NonNullable<PageArticle['allComments']>['nodes'][number];

/** The comment of a branch's page. */
export type BranchComment = NonNullable<PageOfBranchQuery['comment']>;

/** An article's endorsements: the newest ones, and whether there are more. */
export type PageEndorsements = NonNullable<PageArticle['endorsements']>;

/** A journalist as the page shows them before any script runs. */
export type PageJournalist = NonNullable<PageOfJournalistQuery['journalist']>;

/** An article's campaign, without what would take a further statement. */
export type PageCampaign = NonNullable<PageArticle['campaign']>;

/** What takes further statements: the newest backers who are named, and what the milestones have unlocked. */
export type PageCampaignExtras = NonNullable<NonNullable<PageOfCampaignQuery['article']>['campaign']>;

/** The author of an article. */
export type PageAuthor = PageArticle['author'];

/** An article in a list. */
export type ListedArticle = NonNullable<PageOfFrontQuery['articles']>['nodes'][number];

/** A list of campaigns; null where it could not be read. */
export type ListedCampaigns = PageOfFrontQuery['campaigns'];

/** A campaign in a list. */
export type ListedCampaign = NonNullable<ListedCampaigns>['nodes'][number];

const listed = '(first: 20) { nodes { slug title standfirst } }';

const comment = `
  id permalink status depth descendantCount bodyText bodyHtml createdAt editedAt authorBadges
  author { id name avatarUrl permalink sharesNameWithJournalist }
  reactions { kind count }
`;

const money = '{ minorUnits currency }';

const campaign = `{
  status testMode takesPledges deadline backerCount
  pledged ${money} collected ${money} paidOut ${money}
  milestones { position title description status goal ${money} }
}`;

/** As many backers as the script's page shows at a time. */
const campaignExtras = `{
  milestones { position unlockedArticle { slug title } }
  backers(first: 20) { nodes { name sharesNameWithJournalist amount ${money} } pageInfo { hasNextPage } }
}`;

const listedCampaigns = `{
  nodes { status testMode deadline pledged ${money} milestones { status goal ${money} } article { slug title } }
  pageInfo { hasNextPage }
}`;

/** @param after the argument that selects a later page of comments, or nothing */
const article = (after: ', after: $after' | ''): string => `{
  slug title standfirst bodyHtml bodyText publishedAt updatedAt permalink canonicalUrl contactAddressCount
  commentCount commentPolicy endorsementCount
  author { name slug permalink photoUrl location }
  signatures { name role organisation }
  tags { name }
  campaign ${campaign}
  endorsements(first: 6) {
    nodes { displayName sharesNameWithJournalist affiliation statement origin createdAt }
    pageInfo { hasNextPage }
  }
  allComments(first: 20${after}, orderBy: THREADED) {
    nodes { ${comment} }
    pageInfo { hasNextPage endCursor }
  }
}`;

// `npm run codegen` writes their types.

export const frontOperation: OwnOperation<PageOfFrontQuery, PageOfFrontQueryVariables> = {
  // As many campaigns as the script's front page shows.
  source: `query PageOfFront {
    articles${listed}
    campaigns(statuses: [LIVE], orderBy: ENDING_SOON, first: 3) ${listedCampaigns}
  }`,
};

export const campaignsOperation: OwnOperation<PageOfCampaignsQuery, PageOfCampaignsQueryVariables> = {
  source: `query PageOfCampaigns {
    campaigns(statuses: [LIVE], orderBy: ENDING_SOON, first: 100) ${listedCampaigns}
  }`,
};

export const articleOperation: OwnOperation<PageOfArticleQuery, PageOfArticleQueryVariables> = {
  source: `query PageOfArticle($slug: String!, $after: Cursor) {
    article(slug: $slug) ${article(', after: $after')}
  }`,
};

export const campaignOperation: OwnOperation<PageOfCampaignQuery, PageOfCampaignQueryVariables> = {
  source: `query PageOfCampaign($slug: String!) { article(slug: $slug) { campaign ${campaignExtras} } }`,
};

export const branchOperation: OwnOperation<PageOfBranchQuery, PageOfBranchQueryVariables> = {
  source: `query PageOfBranch($slug: String!, $commentId: ID!) {
    article(slug: $slug) ${article('')}
    comment(id: $commentId) { ${comment} article { slug } }
  }`,
};

export const journalistOperation: OwnOperation<PageOfJournalistQuery, PageOfJournalistQueryVariables> = {
  source: `query PageOfJournalist($slug: String!) {
    journalist(slug: $slug) { name slug permalink photoUrl bioText articles${listed} }
  }`,
};

export const tagOperation: OwnOperation<PageOfTagQuery, PageOfTagQueryVariables> = {
  source: `query PageOfTag($name: String!) { tag(name: $name) { name articles${listed} } }`,
};

/* eslint-disable */
/** Internal type. DO NOT USE DIRECTLY. */
type Exact<T extends { [key: string]: unknown }> = { [K in keyof T]: T[K] };
/** Internal type. DO NOT USE DIRECTLY. */
export type Incremental<T> = T | { [P in keyof T]?: P extends ' $fragmentName' | '__typename' ? T[P] : never };
/** A public role of a comment’s author. */
export type Badge =
  /** The author wrote the article that the comment is about. */
  | 'ARTICLE_AUTHOR'
  /** The author publishes articles here. */
  | 'JOURNALIST'
  /** The author moderates comments. */
  | 'MODERATOR';

/** The state of a campaign. */
export type CampaignStatus =
  /** It was ended before its deadline. */
  | 'CANCELLED'
  /** Not public yet. */
  | 'DRAFT'
  /** Its deadline has passed before its last milestone was reached. */
  | 'ENDED'
  /** It takes pledges until its deadline. */
  | 'LIVE'
  /** Its last milestone was reached. */
  | 'SUCCEEDED'
  /** An editor has stopped it from taking pledges for now. */
  | 'SUSPENDED';

/** Whether an article accepts comments, and whether a moderator has to approve them. */
export type CommentPolicy =
  /** No new comments are accepted; existing comments stay. */
  | 'CLOSED'
  /** A new comment is public at once. */
  | 'OPEN'
  /** A new comment waits for a moderator’s approval. */
  | 'PREMODERATED';

/** Whether a comment is public. */
export type CommentStatus =
  /** Waits for a moderator’s approval; visible only to its author and to moderators. */
  | 'PENDING'
  /** Public. */
  | 'PUBLISHED'
  /** Rejected by a moderator; visible only to its author and to moderators. */
  | 'REJECTED'
  /** Removed. A tombstone keeps its place and its replies, but has no text and no author. */
  | 'REMOVED';

/** How an endorsement was made. */
export type EndorsementOrigin =
  /** With an account. */
  | 'ACCOUNT'
  /** Without an account: whoever reads the mails to an address confirmed it, and chose the name. */
  | 'EMAIL'
  /** Somewhere else, and imported: this service has confirmed nobody’s identity. */
  | 'IMPORT';

/** The state of a milestone. */
export type MilestoneStatus =
  /** Its goal was collected. */
  | 'FUNDED'
  /** The campaign is over, and its goal was not reached: nobody pays. */
  | 'MISSED'
  /** Pledges are made to it. */
  | 'OPEN'
  /** It opens once the milestone before it is reached. */
  | 'PLANNED'
  /** Its goal was promised, and its pledges are being collected. */
  | 'REACHED'
  /** Less than its goal was left when collecting was over: payments had failed, were given back or were lost in disputes. */
  | 'SHORT';

/** A kind of reaction to a comment. */
export type ReactionKind =
  /** Disagreement: “I see it differently.” */
  | 'DISAGREE'
  /** Insight: “I learned something.” */
  | 'INSIGHTFUL'
  /** Approval: “Well said.” */
  | 'LIKE';

export type PageOfArticleQueryVariables = Exact<{
  slug: string;
  after?: string | null | undefined;
}>;


export type PageOfArticleQuery = { readonly article: { readonly slug: string, readonly title: string, readonly standfirst: string | null, readonly bodyHtml: string, readonly bodyText: string, readonly publishedAt: string | null, readonly updatedAt: string, readonly permalink: string, readonly canonicalUrl: string | null, readonly contactAddressCount: number, readonly commentCount: number, readonly commentPolicy: CommentPolicy, readonly endorsementCount: number, readonly author: { readonly name: string, readonly slug: string, readonly permalink: string, readonly photoUrl: string | null, readonly location: string | null }, readonly signatures: ReadonlyArray<{ readonly name: string, readonly role: string | null, readonly organisation: string | null }>, readonly tags: ReadonlyArray<{ readonly name: string }> | null, readonly campaign: { readonly status: CampaignStatus, readonly testMode: boolean, readonly takesPledges: boolean, readonly deadline: string, readonly backerCount: number, readonly pledged: { readonly minorUnits: string, readonly currency: string }, readonly collected: { readonly minorUnits: string, readonly currency: string }, readonly paidOut: { readonly minorUnits: string, readonly currency: string }, readonly milestones: ReadonlyArray<{ readonly position: number, readonly title: string, readonly description: string, readonly status: MilestoneStatus, readonly goal: { readonly minorUnits: string, readonly currency: string } }> } | null, readonly endorsements: { readonly nodes: ReadonlyArray<{ readonly displayName: string, readonly sharesNameWithJournalist: boolean, readonly affiliation: string | null, readonly statement: string | null, readonly origin: EndorsementOrigin, readonly createdAt: string }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null, readonly allComments: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly permalink: string, readonly status: CommentStatus, readonly depth: number, readonly descendantCount: number, readonly bodyText: string | null, readonly bodyHtml: string | null, readonly createdAt: string, readonly editedAt: string | null, readonly authorBadges: ReadonlyArray<Badge>, readonly author: { readonly id: string, readonly name: string, readonly avatarUrl: string | null, readonly permalink: string | null, readonly sharesNameWithJournalist: boolean } | null, readonly reactions: ReadonlyArray<{ readonly kind: ReactionKind, readonly count: number }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null };

export type PageOfBranchQueryVariables = Exact<{
  slug: string;
  commentId: string;
}>;


export type PageOfBranchQuery = { readonly article: { readonly slug: string, readonly title: string, readonly standfirst: string | null, readonly bodyHtml: string, readonly bodyText: string, readonly publishedAt: string | null, readonly updatedAt: string, readonly permalink: string, readonly canonicalUrl: string | null, readonly contactAddressCount: number, readonly commentCount: number, readonly commentPolicy: CommentPolicy, readonly endorsementCount: number, readonly author: { readonly name: string, readonly slug: string, readonly permalink: string, readonly photoUrl: string | null, readonly location: string | null }, readonly signatures: ReadonlyArray<{ readonly name: string, readonly role: string | null, readonly organisation: string | null }>, readonly tags: ReadonlyArray<{ readonly name: string }> | null, readonly campaign: { readonly status: CampaignStatus, readonly testMode: boolean, readonly takesPledges: boolean, readonly deadline: string, readonly backerCount: number, readonly pledged: { readonly minorUnits: string, readonly currency: string }, readonly collected: { readonly minorUnits: string, readonly currency: string }, readonly paidOut: { readonly minorUnits: string, readonly currency: string }, readonly milestones: ReadonlyArray<{ readonly position: number, readonly title: string, readonly description: string, readonly status: MilestoneStatus, readonly goal: { readonly minorUnits: string, readonly currency: string } }> } | null, readonly endorsements: { readonly nodes: ReadonlyArray<{ readonly displayName: string, readonly sharesNameWithJournalist: boolean, readonly affiliation: string | null, readonly statement: string | null, readonly origin: EndorsementOrigin, readonly createdAt: string }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null, readonly allComments: { readonly nodes: ReadonlyArray<{ readonly id: string, readonly permalink: string, readonly status: CommentStatus, readonly depth: number, readonly descendantCount: number, readonly bodyText: string | null, readonly bodyHtml: string | null, readonly createdAt: string, readonly editedAt: string | null, readonly authorBadges: ReadonlyArray<Badge>, readonly author: { readonly id: string, readonly name: string, readonly avatarUrl: string | null, readonly permalink: string | null, readonly sharesNameWithJournalist: boolean } | null, readonly reactions: ReadonlyArray<{ readonly kind: ReactionKind, readonly count: number }> }>, readonly pageInfo: { readonly hasNextPage: boolean, readonly endCursor: string | null } } | null } | null, readonly comment: { readonly id: string, readonly permalink: string, readonly status: CommentStatus, readonly depth: number, readonly descendantCount: number, readonly bodyText: string | null, readonly bodyHtml: string | null, readonly createdAt: string, readonly editedAt: string | null, readonly authorBadges: ReadonlyArray<Badge>, readonly author: { readonly id: string, readonly name: string, readonly avatarUrl: string | null, readonly permalink: string | null, readonly sharesNameWithJournalist: boolean } | null, readonly reactions: ReadonlyArray<{ readonly kind: ReactionKind, readonly count: number }>, readonly article: { readonly slug: string } } | null };

export type PageOfCampaignQueryVariables = Exact<{
  slug: string;
}>;


export type PageOfCampaignQuery = { readonly article: { readonly campaign: { readonly milestones: ReadonlyArray<{ readonly position: number, readonly unlockedArticle: { readonly slug: string, readonly title: string } | null }>, readonly backers: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly sharesNameWithJournalist: boolean, readonly amount: { readonly minorUnits: string, readonly currency: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null } | null } | null };

export type PageOfCampaignsQueryVariables = Exact<{ [key: string]: never; }>;


export type PageOfCampaignsQuery = { readonly campaigns: { readonly nodes: ReadonlyArray<{ readonly status: CampaignStatus, readonly testMode: boolean, readonly deadline: string, readonly pledged: { readonly minorUnits: string, readonly currency: string }, readonly milestones: ReadonlyArray<{ readonly status: MilestoneStatus, readonly goal: { readonly minorUnits: string, readonly currency: string } }>, readonly article: { readonly slug: string, readonly title: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null };

export type PageOfFrontQueryVariables = Exact<{ [key: string]: never; }>;


export type PageOfFrontQuery = { readonly articles: { readonly nodes: ReadonlyArray<{ readonly slug: string, readonly title: string, readonly standfirst: string | null }> } | null, readonly campaigns: { readonly nodes: ReadonlyArray<{ readonly status: CampaignStatus, readonly testMode: boolean, readonly deadline: string, readonly pledged: { readonly minorUnits: string, readonly currency: string }, readonly milestones: ReadonlyArray<{ readonly status: MilestoneStatus, readonly goal: { readonly minorUnits: string, readonly currency: string } }>, readonly article: { readonly slug: string, readonly title: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null };

export type PageOfJournalistQueryVariables = Exact<{
  slug: string;
}>;


export type PageOfJournalistQuery = { readonly journalist: { readonly name: string, readonly slug: string, readonly permalink: string, readonly photoUrl: string | null, readonly bioText: string | null, readonly articles: { readonly nodes: ReadonlyArray<{ readonly slug: string, readonly title: string, readonly standfirst: string | null }> } | null } | null };

export type PageOfTagQueryVariables = Exact<{
  name: string;
}>;


export type PageOfTagQuery = { readonly tag: { readonly name: string, readonly articles: { readonly nodes: ReadonlyArray<{ readonly slug: string, readonly title: string, readonly standfirst: string | null }> } | null } | null };

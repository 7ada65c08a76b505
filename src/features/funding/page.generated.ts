/* eslint-disable */
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

export type PageOfCampaignsQuery = { readonly campaigns: { readonly nodes: ReadonlyArray<{ readonly status: CampaignStatus, readonly testMode: boolean, readonly deadline: string, readonly pledged: { readonly minorUnits: string, readonly currency: string }, readonly milestones: ReadonlyArray<{ readonly status: MilestoneStatus, readonly goal: { readonly minorUnits: string, readonly currency: string } }>, readonly article: { readonly slug: string, readonly title: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null };

export type SupportBoxFragment = { readonly slug: string, readonly permalink: string, readonly author: { readonly name: string, readonly permalink: string, readonly photoUrl: string | null }, readonly campaign: { readonly status: CampaignStatus, readonly testMode: boolean, readonly takesPledges: boolean, readonly deadline: string, readonly backerCount: number, readonly pledged: { readonly minorUnits: string, readonly currency: string }, readonly collected: { readonly minorUnits: string, readonly currency: string }, readonly paidOut: { readonly minorUnits: string, readonly currency: string }, readonly milestones: ReadonlyArray<{ readonly position: number, readonly title: string, readonly description: string, readonly status: MilestoneStatus, readonly goal: { readonly minorUnits: string, readonly currency: string } }> } | null };

export type PageOfCampaignQuery = { readonly article: { readonly campaign: { readonly milestones: ReadonlyArray<{ readonly position: number, readonly unlockedArticle: { readonly slug: string, readonly title: string } | null }>, readonly backers: { readonly nodes: ReadonlyArray<{ readonly name: string, readonly sharesNameWithJournalist: boolean, readonly amount: { readonly minorUnits: string, readonly currency: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null } | null } | null };

export type RaisingNowFragment = { readonly campaigns: { readonly nodes: ReadonlyArray<{ readonly status: CampaignStatus, readonly testMode: boolean, readonly deadline: string, readonly pledged: { readonly minorUnits: string, readonly currency: string }, readonly milestones: ReadonlyArray<{ readonly status: MilestoneStatus, readonly goal: { readonly minorUnits: string, readonly currency: string } }>, readonly article: { readonly slug: string, readonly title: string } }>, readonly pageInfo: { readonly hasNextPage: boolean } } | null };

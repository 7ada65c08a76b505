import { InterfaceType, ObjectType } from 'type-graphql';
import { ArticleEvent } from '../../articles/article/article-event.type.ts';

/** An event of the campaign of an article. */
@InterfaceType({
  implements: ArticleEvent,
  description: 'An event of the article’s campaign.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class FundingEvent extends ArticleEvent {}

/** An event of one pledge. */
abstract class PledgeEvent extends FundingEvent {
  /** Key of the pledge within its article. */
  readonly subjectId!: string;
}

/** An event of one milestone. */
abstract class MilestoneEvent extends FundingEvent {
  /** Position of the milestone. */
  readonly subjectId!: string;
}

const implemented = [FundingEvent, ArticleEvent];

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description: 'The campaign was launched, suspended or resumed, or a text of it changed.',
})
export class CampaignUpdated extends FundingEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description:
    'The campaign is over: with its last milestone, at its deadline, or before. Pledges to a milestone that was not reached are released.',
})
export class CampaignEnded extends FundingEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description: 'Somebody has pledged.',
})
export class PledgeAdded extends PledgeEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description: 'Somebody has changed the amount of a pledge, or whether they are named.',
})
export class PledgeChanged extends PledgeEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description: 'Somebody has withdrawn a pledge.',
})
export class PledgeWithdrawn extends FundingEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description: 'The goal of a milestone is promised. Its pledges are collected from now on.',
})
export class MilestoneReached extends MilestoneEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description: 'All that could be collected for a milestone was.',
})
export class MilestoneSettled extends MilestoneEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: implemented,
  description:
    'Money of the campaign has moved: a pledge was collected or given back, a dispute began or ended, or money was paid out. The ledger says what.',
})
export class CollectionProgressed extends FundingEvent {}

@ObjectType({
  simpleResolvers: true,
  implements: ArticleEvent,
  description: 'The article was published, because the milestone that unlocks it was reached.',
})
export class ArticleUnlocked extends ArticleEvent {}

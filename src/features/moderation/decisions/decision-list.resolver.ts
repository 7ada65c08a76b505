import { Args, Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import {
  type Connection,
  connectionType,
  edgeType,
  toConnection,
} from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import { pointsOfCount } from '../../../platform/graphql/price.ts';
import { DecisionNotice } from '../../../platform/screening/decision-notice.type.ts';
import { CommentRemoval } from '../removals/comment-removal.type.ts';
import { decisionPages, removalProgressByDecisionId } from './decision.loader.ts';
import { ModerationDecision } from './decision.type.ts';
import { Person } from '../persons/person.type.ts';

const ModerationDecisionConnection = connectionType(
  ModerationDecision,
  edgeType(ModerationDecision, 'ModerationDecision'),
  'ModerationDecision',
);

const DecisionNoticeConnection = connectionType(
  DecisionNotice,
  edgeType(DecisionNotice, 'DecisionNotice'),
  'DecisionNotice',
);

/** What was decided about an account. */
@Resolver(() => Person)
export class PersonDecisionsResolver {
  @FieldResolver(() => ModerationDecisionConnection, {
    nullable: true,
    description: 'What was decided about the account and its comments, newest first.',
  })
  async decisions(
    @Root() { accountId }: Person,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<ModerationDecision>> {
    const page = await loaders
      .get(decisionPages)
      .load({ scope: accountId, variant: 'MODERATOR', request: pageRequest(args) });
    return toConnection(page, (row) => ModerationDecision.from(row));
  }
}

/** What was decided about the viewer. */
@Resolver(() => ViewerAccount)
export class ViewerDecisionsResolver {
  @FieldResolver(() => DecisionNoticeConnection, {
    nullable: true,
    description:
      'What moderators have decided about the viewer and the viewer’s comments, newest first; decisions that were undone are among them.',
  })
  async decisions(
    @Root() { accountId }: ViewerAccount,
    @Args(() => PageArgs) args: PageArgs,
    @Ctx() { loaders }: Context,
  ): Promise<Connection<DecisionNotice>> {
    const page = await loaders
      .get(decisionPages)
      .load({ scope: accountId, variant: 'OWNER', request: pageRequest(args) });
    return toConnection(page, (row) => DecisionNotice.from(row));
  }
}

/** How far a decision was carried out. */
@Resolver(() => ModerationDecision)
export class DecisionRemovalResolver {
  @FieldResolver(() => CommentRemoval, {
    nullable: true,
    description: 'How far the removal of REMOVED_SINCE has come; null for other decisions.',
    complexity: ({ childComplexity }) => childComplexity + pointsOfCount,
  })
  async removal(
    @Root() { row }: ModerationDecision,
    @Ctx() { loaders }: Context,
  ): Promise<CommentRemoval | null> {
    if (row.kind !== 'REMOVED_SINCE') return null;
    const progress = await loaders.get(removalProgressByDecisionId).load(row.id);
    return progress ? CommentRemoval.from(progress) : null;
  }
}

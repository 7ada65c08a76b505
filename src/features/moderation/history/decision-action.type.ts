import { Field, ID, InterfaceType, ObjectType } from 'type-graphql';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import type { ModerationEventKind } from '../../../platform/screening/moderation-event-kinds.ts';
import { type ActionView, ModerationAction, ModerationEvent } from './moderation-event.type.ts';

/** An action on a decision. */
@InterfaceType({
  implements: ModerationAction,
  description: 'A decision was made, or something became of it.',
  resolveType: (value: object) => value.constructor.name,
})
export abstract class DecisionAction extends ModerationAction {
  @Field(() => ID, { nullable: true, description: 'The id of the decision; null: it was made without one.' })
  decisionId!: string | null;
}

const DecisionActionType = (description: string): ClassDecorator =>
  ObjectType({
    simpleResolvers: true,
    implements: [DecisionAction, ModerationAction, ModerationEvent],
    description,
  });

@DecisionActionType('A comment of `person` was decided on.')
export class DecisionMade extends DecisionAction {}

@DecisionActionType(
  'A decision was undone: what it was about is as it was before, or as others have left it since.',
)
export class DecisionUndone extends DecisionAction {}

@DecisionActionType(
  '`person` was suspended, banned or premoderated, or comments of `person` were removed together.',
)
export class PersonSanctioned extends DecisionAction {}

@DecisionActionType('A sanction of `person` ended before its time.')
export class SanctionLifted extends DecisionAction {}

@DecisionActionType('`person` appeals against a decision.')
export class DecisionAppealed extends DecisionAction {}

@DecisionActionType('An appeal of `person` was answered.')
export class AppealAnswered extends DecisionAction {}

const decisionView =
  (type: new () => DecisionAction): ActionView =>
  (row, base) =>
    Object.assign(new type(), base, {
      decisionId: row.decisionId === null ? null : encodeGlobalId('ModerationDecision', row.decisionId),
    });

/** GraphQL types of actions on decisions, by kind. */
export const decisionActionViews = {
  DECIDED: decisionView(DecisionMade),
  UNDONE: decisionView(DecisionUndone),
  SANCTIONED: decisionView(PersonSanctioned),
  SANCTION_LIFTED: decisionView(SanctionLifted),
  APPEALED: decisionView(DecisionAppealed),
  APPEAL_ANSWERED: decisionView(AppealAnswered),
} satisfies Partial<Record<ModerationEventKind, ActionView>>;

export const decisionActionTypes = [
  DecisionMade,
  DecisionUndone,
  PersonSanctioned,
  SanctionLifted,
  DecisionAppealed,
  AppealAnswered,
] as const;

import { Field, ID, ObjectType } from 'type-graphql';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import type { ModerationDecisionRow } from '../../../platform/screening/moderation-decision.queries.ts';
import type { ModerationActorKind } from '../../../platform/screening/moderation-event-kinds.ts';
import { commentIdOf, DecisionFields } from '../../../platform/screening/decision-notice.type.ts';
import { ModerationActorKindEnum } from '../../../platform/screening/actor-kind.type.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';

/** A decision as moderators see it. */
@NeedsScope('MODERATE')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'A decision about a comment or an account. For moderators.',
})
export class ModerationDecision extends DecisionFields implements Node {
  readonly id!: string;

  @Field(() => ModerationActorKindEnum, { description: 'Who has decided: a person, or a program.' })
  actorKind!: ModerationActorKind;

  @Field(() => ID, {
    nullable: true,
    description: 'The id of the comment, also if it vanished; null for a decision about an account.',
  })
  commentId!: string | null;

  @TextOf(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: 'What the author or the account was told, as plain text; null: nothing.',
  })
  note!: string | null;

  static from(row: ModerationDecisionRow): ModerationDecision {
    const id = encodeGlobalId('ModerationDecision', row.id);
    return Object.assign(new ModerationDecision(), row, { row, id, commentId: commentIdOf(row) });
  }
}

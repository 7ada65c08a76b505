import { Field, ID, Int, ObjectType } from 'type-graphql';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { ModerationDecisionKind } from '../../../platform/screening/moderation-decision.entity.ts';
import type { ModerationDecisionRow } from '../../../platform/screening/moderation-decision.queries.ts';
import type {
  ModerationActorKind,
  ModerationReason,
} from '../../../platform/screening/moderation-event-kinds.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import { DecisionKindEnum } from '../../../platform/screening/decision-kind.type.ts';
import { commentIdOf } from '../../../platform/screening/decision-notice.type.ts';
import { ModerationActorKindEnum } from '../../../platform/screening/actor-kind.type.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';

/** A decision as moderators see it. */
@NeedsScope('MODERATE')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'A decision about a comment or an account. For moderators.',
})
export class ModerationDecision extends Node {
  readonly row!: ModerationDecisionRow;

  @Field(() => DecisionKindEnum, { description: 'What was decided.' })
  kind!: ModerationDecisionKind;

  @Field(() => ModerationActorKindEnum, { description: 'Who has decided: a person, or a program.' })
  actorKind!: ModerationActorKind;

  @Field(() => ID, {
    nullable: true,
    description: 'The id of the comment, also if it vanished; null for a decision about an account.',
  })
  commentId!: string | null;

  @Field(() => Int, { nullable: true, description: 'The revision of the text that was decided on.' })
  revision!: number | null;

  @Field(() => ModerationReasonEnum, { nullable: true, description: 'Why; null if no reason was given.' })
  reason!: ModerationReason | null;

  @TextOf(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: 'What the author or the account was told, as plain text; null: nothing.',
  })
  note!: string | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When a sanction ends by itself; null: never, or it is none.',
  })
  until!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'From when on comments were removed; null: it is no such decision.',
  })
  since!: Date | null;

  @Field(() => DateTimeScalar, { description: 'When it was decided.' })
  decidedAt!: Date;

  @Field(() => DateTimeScalar, { nullable: true, description: 'When it was undone; null: it stands.' })
  undoneAt!: Date | null;

  static from(row: ModerationDecisionRow): ModerationDecision {
    const { id, kind, actorKind, revision, reason, note, until, since } = row;
    return Object.assign(new ModerationDecision(), {
      row,
      id: encodeGlobalId('ModerationDecision', id),
      kind,
      actorKind,
      commentId: commentIdOf(row),
      revision,
      reason,
      note,
      until,
      since,
      decidedAt: row.decidedAt,
      undoneAt: row.undoneAt,
    });
  }
}

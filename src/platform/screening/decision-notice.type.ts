import { Field, ID, Int, ObjectType } from 'type-graphql';
import { encodeGlobalId } from '../graphql/global-id.ts';
import { TextOf } from '../graphql/price.ts';
import { DateTimeScalar } from '../graphql/scalars.ts';
import { ModerationActorKindEnum } from './actor-kind.type.ts';
import { DecisionKindEnum } from './decision-kind.type.ts';
import { maxNoteLength } from './decision-note.ts';
import type { ModerationDecisionKind } from './moderation-decision.entity.ts';
import type { ModerationDecisionRow } from './moderation-decision.queries.ts';
import type { ModerationActorKind, ModerationReason } from './moderation-event-kinds.ts';
import { ModerationReasonEnum } from './moderation-reason.type.ts';

/** Id of the comment that a decision is about; null for a decision about an account. */
export const commentIdOf = ({ articleId, commentId }: ModerationDecisionRow): string | null =>
  articleId === null || commentId === null ? null : encodeGlobalId('Comment', articleId, commentId);

/** What moderators and the account that it is about see of a decision. It is no type of the schema itself. */
@ObjectType()
export abstract class DecisionFields {
  readonly row!: ModerationDecisionRow;

  @Field(() => DecisionKindEnum, { description: 'What was decided.' })
  kind!: ModerationDecisionKind;

  @Field(() => Int, { nullable: true, description: 'The revision of the text that was decided on.' })
  revision!: number | null;

  @Field(() => ModerationReasonEnum, { nullable: true, description: 'Why; null if no reason was given.' })
  reason!: ModerationReason | null;

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
}

/** A decision as the account sees it that it is about: whether a person has made it, and not who. */
@ObjectType({
  simpleResolvers: true,
  description: 'A decision as the account sees it that it is about.',
})
export class DecisionNotice extends DecisionFields {
  @Field(() => ID, { description: 'The id of the decision.' })
  decisionId!: string;

  @Field(() => ModerationActorKindEnum, {
    description: 'Whether a person has decided, a program, or the service itself.',
  })
  actorKind!: ModerationActorKind;

  @TextOf(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: 'What the moderator has written about it, as plain text; null: nothing.',
  })
  note!: string | null;

  @Field(() => ID, {
    nullable: true,
    description: 'The id of the comment, also if it vanished; null for a decision about the account itself.',
  })
  commentId!: string | null;

  static from(row: ModerationDecisionRow): DecisionNotice {
    const decisionId = encodeGlobalId('ModerationDecision', row.id);
    return Object.assign(new DecisionNotice(), row, { row, decisionId, commentId: commentIdOf(row) });
  }
}

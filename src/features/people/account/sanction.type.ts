import { Field, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import type { SanctionKind, SanctionRow } from './sanction.queries.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';

export const SanctionKindEnum = graphqlEnum<SanctionKind>(
  'SanctionKind',
  'What an account is sentenced to.',
  {
    SUSPENSION: 'It may read and not write: a suspension until a time, or a ban.',
    PREMODERATION: 'Its comments, and new texts of them, wait for a moderator first.',
  },
);

/** A sanction of an account that stands. */
@ObjectType({ simpleResolvers: true, description: 'A sanction of an account that stands.' })
export class Sanction {
  readonly decisionId!: string | null;

  @Field(() => SanctionKindEnum, { description: 'What the account is sentenced to.' })
  kind!: SanctionKind;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'When it ends by itself; null: it has no end, and lasts until a moderator lifts it.',
  })
  until!: Date | null;

  @Field(() => ModerationReasonEnum, {
    nullable: true,
    description: 'Why; null if whoever runs the service has given no reason.',
  })
  reason!: ModerationReason | null;

  @TextOf(maxNoteLength)
  @Field(() => String, {
    nullable: true,
    description: `What a moderator adds for the person, as plain text of at most ${maxNoteLength} characters; null: nothing.`,
  })
  note!: string | null;

  @Field(() => DateTimeScalar, { description: 'Since when it stands.' })
  decidedAt!: Date;

  static from({ kind, until, reason, note, since, decisionId }: SanctionRow): Sanction {
    return Object.assign(new Sanction(), { kind, until, reason, note, decidedAt: since, decisionId });
  }
}

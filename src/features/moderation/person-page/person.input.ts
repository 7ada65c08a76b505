import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { RoleEnum } from '../../people/account/account.type.ts';
import { SanctionKindEnum } from '../../people/account/sanction.type.ts';
import type { SanctionKind } from '../../people/account/sanction.queries.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import { DateTimeScalar, UuidScalar } from '../../../platform/graphql/scalars.ts';
import { Payload } from '../../../platform/graphql/user-error.type.ts';
import { ModerationReasonEnum } from '../../../platform/screening/moderation-reason.type.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { ModerationDecision } from '../decisions/decision.type.ts';
import { Person } from '../persons/person.type.ts';
import { PersonNote } from './person-note.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';
import { maxPersonNoteLength } from './person-note.service.ts';
import { maxNameLength } from '../../people/account/account.rules.ts';

const forPerson = 'For the person, as plain text. Moderators see it as well.';

/** What commands on an account have in common. It is no type of the schema itself. */
@InputType()
abstract class PersonInput {
  @Field(() => ID, { description: 'The account, by the id of its `Person`.' })
  personId!: string;
}

/** What decisions about an account have in common, as above. Notes are in each: inherited fields lose their `@MaxLength`. */
@InputType()
abstract class PersonDecisionInput extends PersonInput {
  @Field(() => ModerationReasonEnum, { description: 'Why.' })
  reason!: ModerationReason;
}

@InputType({ description: 'The suspension of an account until a time.' })
export class SuspendAccountInput extends PersonDecisionInput {
  @Field(() => DateTimeScalar, {
    description: 'When the suspension ends by itself: a time to come, at most 10 years from now.',
  })
  until!: Date;

  @MaxLength(maxNoteLength)
  @Field(() => String, { nullable: true, description: forPerson })
  note?: string | null;
}

@InputType({ description: 'The suspension of an account for good.' })
export class BanAccountInput extends PersonDecisionInput {
  @MaxLength(maxNoteLength)
  @Field(() => String, { nullable: true, description: forPerson })
  note?: string | null;
}

@InputType({ description: 'The premoderation of an account.' })
export class PremoderateAccountInput extends PersonDecisionInput {
  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When the premoderation ends by itself: a time to come, at most 10 years from now. Absent: until a moderator lifts it.',
  })
  until?: Date | null;

  @MaxLength(maxNoteLength)
  @Field(() => String, { nullable: true, description: forPerson })
  note?: string | null;
}

@InputType({ description: 'A sanction to lift.' })
export class LiftSanctionInput extends PersonInput {
  @Field(() => SanctionKindEnum, { description: 'Which sanction.' })
  kind!: SanctionKind;

  @MaxLength(maxNoteLength)
  @Field(() => String, { nullable: true, description: forPerson })
  note?: string | null;
}

@InputType({ description: 'The removal of everything that an account has written since a time.' })
export class RemoveCommentsSinceInput extends PersonDecisionInput {
  @Field(() => DateTimeScalar, {
    description: 'Comments from this time on are removed, up to the time of the decision.',
  })
  since!: Date;

  @MaxLength(maxNoteLength)
  @Field(() => String, { nullable: true, description: forPerson })
  note?: string | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this decision and sent with every retry, so that retries make no second decision.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A role to give.' })
export class GrantRoleInput extends PersonInput {
  @Field(() => RoleEnum, { description: 'The role; not READER, which every account has.' })
  role!: Role;
}

@InputType({ description: 'A role to take.' })
export class RevokeRoleInput extends GrantRoleInput {}

@InputType({ description: 'A note about a person.' })
export class AddPersonNoteInput {
  @Field(() => ID, { description: 'The person.' })
  personId!: string;

  @MaxLength(maxPersonNoteLength)
  @Field(() => String, {
    description: 'The note, as plain text for moderators. The person gets it with their personal data.',
  })
  text!: string;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this note and sent with every retry, so that retries add no second note.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'A note to remove.' })
export class RemovePersonNoteInput {
  @Field(() => ID, { description: 'The note.' })
  noteId!: string;
}

@ObjectType({
  simpleResolvers: true,
  description: 'The payload of mutations of an account by moderators and administrators.',
})
export class PersonPayload extends Payload {
  @Field(() => Person, { nullable: true, description: 'The account as it is now; null when refused.' })
  person!: Person | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `addPersonNote`.' })
export class AddPersonNotePayload extends Payload {
  @Field(() => PersonNote, {
    nullable: true,
    description: 'The note; null when refused, and if it was removed before a retry.',
  })
  note!: PersonNote | null;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `removeCommentsSince`.' })
export class RemoveCommentsSincePayload extends Payload {
  @Field(() => ModerationDecision, {
    nullable: true,
    description: 'The decision, whose `removal` says how far it has come; null when refused.',
  })
  decision!: ModerationDecision | null;

  @Field(() => Person, { nullable: true, description: 'The account; null when refused.' })
  person!: Person | null;
}

@InputType({ description: 'Which accounts are listed.' })
export class PersonFilter {
  @MaxLength(maxNameLength)
  @Field(() => String, {
    nullable: true,
    description: 'The beginning of the name, in upper or lower case.',
  })
  name?: string | null;

  @Field(() => RoleEnum, { nullable: true, description: 'A role that the account has.' })
  role?: Role | null;

  @Field(() => SanctionKindEnum, { nullable: true, description: 'A sanction of the account that stands.' })
  sanction?: SanctionKind | null;
}

import { Field, ID, ObjectType } from 'type-graphql';
import { connectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { maxPersonNoteLength } from './person-note.service.ts';
import type { PersonNoteRow } from './person-note.queries.ts';

/** A moderator's note about a person. */
@ObjectType({
  simpleResolvers: true,
  description:
    'A moderator’s note about a person, for moderators. The person gets it with their personal data, without the moderator’s name.',
})
export class PersonNote {
  readonly row!: PersonNoteRow;

  @Field(() => ID, { description: 'Names the note, for `removePersonNote`. Not for `node`.' })
  id!: string;

  @TextOf(maxPersonNoteLength)
  @Field(() => String, { description: `Plain text of at most ${maxPersonNoteLength} characters.` })
  text!: string;

  @Field(() => DateTimeScalar, { description: 'When it was written.' })
  createdAt!: Date;

  static from(row: PersonNoteRow): PersonNote {
    return Object.assign(new PersonNote(), row, { row, id: encodeGlobalId('PersonNote', row.id) });
  }
}

export const PersonNoteConnection = connectionType(
  PersonNote,
  edgeType(PersonNote, 'PersonNote'),
  'PersonNote',
);

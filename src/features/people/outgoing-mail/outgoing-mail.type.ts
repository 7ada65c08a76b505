import { Field, ID, ObjectType } from 'type-graphql';
import { connectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { maxMailLength, maxSubjectLength } from '../../../platform/mail/mail-outbox.ts';
import type { OutgoingMailRow } from './outgoing-mail.queries.ts';

@ObjectType({
  simpleResolvers: true,
  description:
    'A mail that the service has written to a folder, or is about to, because it has no mail server. For administrators.',
})
export class OutgoingMail {
  @Field(() => ID, {
    description: 'Names the mail in the name of its file and in its `Message-ID`. Not for `node`.',
  })
  id!: string;

  @Field(() => String, { description: 'The address that it is for.' })
  recipient!: string;

  @Field(() => String, { description: 'What it tells of, in capitals and underscores.' })
  kind!: string;

  @TextOf(maxSubjectLength)
  @Field(() => String, {
    nullable: true,
    description: `Its subject, at most ${maxSubjectLength} characters; null: its contents were removed.`,
  })
  subject!: string | null;

  @TextOf(maxMailLength)
  @Field(() => String, {
    nullable: true,
    description: `Its plain text, with its links; at most ${maxMailLength.toLocaleString('en')} characters; null: its contents were removed, as they are after a week.`,
  })
  text!: string | null;

  @Field(() => DateTimeScalar, { description: 'When it was written.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'When it came into the folder; null: it is not there yet, or the folder took no mail for three days.',
  })
  sentAt!: Date | null;

  static from({ id, recipient, kind, subject, text, createdAt, sentAt }: OutgoingMailRow): OutgoingMail {
    const isEmptied = text === '';
    return Object.assign(new OutgoingMail(), {
      id,
      recipient,
      kind,
      subject: isEmptied ? null : subject,
      text: isEmptied ? null : text,
      createdAt,
      sentAt,
    });
  }
}

const OutgoingMailEdge = edgeType(OutgoingMail, 'OutgoingMail');
export const OutgoingMailConnection = connectionType(OutgoingMail, OutgoingMailEdge, 'OutgoingMail');

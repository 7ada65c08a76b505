import { Field, InputType, ObjectType } from 'type-graphql';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import {
  type MailFrequency,
  type NotificationKind,
  NotificationKindEnum,
} from '../../../platform/feature/notification.ts';

export const MailFrequencyEnum = graphqlEnum<MailFrequency>(
  'MailFrequency',
  'How often an account gets mails about notifications.',
  {
    AT_ONCE: 'About a minute after each notification, unless it was read by then; several in one mail.',
    DAILY: 'In the daily mail, if it was not read by then.',
    NEVER: 'Not by mail.',
  },
);

@ObjectType({
  simpleResolvers: true,
  description: 'How often the viewer gets mails about a kind of notifications.',
})
export class MailPreference {
  @Field(() => NotificationKindEnum.type, { description: 'The kind.' })
  kind!: NotificationKind;

  @Field(() => MailFrequencyEnum, { description: 'How often.' })
  frequency!: MailFrequency;
}

@InputType({ description: 'How often mails about a kind of notifications are sent.' })
export class MailPreferenceInput {
  @Field(() => NotificationKindEnum.type, { description: 'The kind.' })
  kind!: NotificationKind;

  @Field(() => MailFrequencyEnum, { description: 'How often.' })
  frequency!: MailFrequency;
}

@InputType({ description: 'Choices about mails.' })
export class SetMailPreferencesInput {
  @Field(() => [MailPreferenceInput], {
    description: 'At least one kind, and each kind once; kinds that are not named stay as they are.',
  })
  preferences!: readonly MailPreferenceInput[];
}

import { Field, InputType, Int } from 'type-graphql';

@InputType({ description: 'Notifications that were read.' })
export class MarkNotificationsReadInput {
  @Field(() => Int, {
    description:
      'The `position` of the newest notification that was read: this one and all before it are read. A smaller number than before changes nothing.',
  })
  upTo!: number;
}

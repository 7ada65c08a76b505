import { Field, ID, InputType, Int } from 'type-graphql';

@InputType({ description: 'Notifications that were read.' })
export class MarkNotificationsReadInput {
  @Field(() => Int, {
    description:
      'The `position` of the newest notification that was read: this one and all before it are read. A smaller number than before changes nothing.',
  })
  upTo!: number;
}

@InputType({ description: 'An author to mute.' })
export class MuteAuthorInput {
  @Field(() => ID, { description: 'The author of a public comment, who has an account (`Comment.author`).' })
  authorId!: string;
}

@InputType({ description: 'An author to mute no longer.' })
export class UnmuteAuthorInput {
  @Field(() => ID, { description: 'The author, as `mutedAuthors` has them.' })
  authorId!: string;
}

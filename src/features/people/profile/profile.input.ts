import { Field, InputType } from 'type-graphql';

@InputType({ description: 'Whether others may page through the account’s comments.' })
export class ChangeCommentListInput {
  @Field(() => Boolean, {
    description: 'True: `CommentAuthor.comments` lists the account’s public comments; false: it is null.',
  })
  listsComments!: boolean;
}

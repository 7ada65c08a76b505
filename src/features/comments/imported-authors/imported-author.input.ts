import { Field, ID, InputType } from 'type-graphql';

@InputType({ description: 'An author of imported comments to claim.' })
export class ClaimImportedAuthorInput {
  @Field(() => ID, { description: '`ImportedAuthor.id`.' })
  authorId!: string;
}

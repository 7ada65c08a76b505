import { Field, ID, InputType } from 'type-graphql';

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

@InputType({ description: 'An article to mute.' })
export class MuteArticleInput {
  @Field(() => ID, { description: 'The article.' })
  articleId!: string;
}

@InputType({ description: 'An article to mute no longer.' })
export class UnmuteArticleInput extends MuteArticleInput {}

@InputType({ description: 'A thread to mute.' })
export class MuteThreadInput {
  @Field(() => ID, { description: 'The comment with which the thread begins, at any depth.' })
  commentId!: string;
}

@InputType({ description: 'A thread to mute no longer.' })
export class UnmuteThreadInput {
  @Field(() => ID, { description: 'The comment with which the thread begins.' })
  commentId!: string;
}

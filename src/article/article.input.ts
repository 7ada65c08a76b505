import { Field, ObjectType } from 'type-graphql';
import { UserError } from '../graphql/user-error.type.ts';
import { Article } from './article.type.ts';

@ObjectType({ description: 'The answer to a mutation of one article.' })
export class ArticlePayload {
  @Field(() => Article, { nullable: true, description: 'The article as it is now; null when refused.' })
  article!: Article | null;

  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}

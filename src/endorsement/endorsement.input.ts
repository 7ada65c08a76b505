import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { maxUserErrors } from '../errors/errors.ts';
import { Article } from '../article/article.type.ts';
import type { Edge } from '../graphql/connection.ts';
import { UuidScalar } from '../graphql/scalars.ts';
import { Bounded } from '../graphql/price.ts';
import { UserError } from '../graphql/user-error.type.ts';
import { Endorsement, EndorsementEdge } from './endorsement.type.ts';

@InputType({ description: 'A new endorsement.' })
export class EndorseInput {
  @Field(() => ID, { description: 'The article to support.' })
  articleId!: string;

  @Field(() => String, { nullable: true, description: 'Why: plain text of at most 2,000 characters.' })
  statement?: string | null;

  @Field(() => String, {
    nullable: true,
    description: 'What you are, for whom or where: at most 120 characters.',
  })
  affiliation?: string | null;

  @Field(() => UuidScalar, { nullable: true, description: 'Made once and sent with every retry.' })
  idempotencyKey?: string | null;
}

@InputType({ description: 'An endorsement to take back.' })
export class WithdrawEndorsementInput {
  @Field(() => ID, { description: 'The article that it supports.' })
  articleId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The answer to `endorse`.' })
export class EndorsePayload {
  @Field(() => Endorsement, { nullable: true, description: 'The endorsement; null when refused.' })
  endorsement!: Endorsement | null;

  @Field(() => EndorsementEdge, {
    nullable: true,
    description: 'It as an edge of `endorsements`; null when refused.',
  })
  endorsementEdge!: Edge<Endorsement> | null;

  @Field(() => Article, { nullable: true, description: 'The article with its counts as they are now.' })
  article!: Article | null;

  @Field(() => Boolean, {
    description:
      'Whether it becomes public only once its identity is confirmed. An account’s is confirmed already.',
  })
  confirmationPending!: boolean;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}

@ObjectType({ simpleResolvers: true, description: 'The answer to `withdrawEndorsement`.' })
export class WithdrawEndorsementPayload {
  @Field(() => ID, { nullable: true, description: 'The endorsement that is gone; null when refused.' })
  withdrawnEndorsementId!: string | null;

  @Field(() => Article, { nullable: true, description: 'The article with its counts as they are now.' })
  article!: Article | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], { description: 'Why it was refused; empty when it was done.' })
  userErrors!: readonly UserError[];
}

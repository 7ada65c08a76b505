import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Article } from '../articles/article/article.type.ts';
import type { Edge } from '../../platform/graphql/connection.ts';
import { UuidScalar } from '../../platform/graphql/scalars.ts';
import { Payload } from '../../platform/graphql/user-error.type.ts';
import { Endorsement, EndorsementEdge } from './endorsement.type.ts';
import { MaxLength } from '../../platform/graphql/max-length.ts';
import { maxStatementLength, maxAffiliationLength } from './endorsement.rules.ts';

@InputType({ description: 'A new endorsement.' })
export class EndorseInput {
  @Field(() => ID, { description: 'The article to endorse.' })
  articleId!: string;

  @MaxLength(maxStatementLength)
  @Field(() => String, {
    nullable: true,
    description: 'The viewer’s reason, as plain text.',
  })
  statement?: string | null;

  @MaxLength(maxAffiliationLength)
  @Field(() => String, {
    nullable: true,
    description: 'The viewer’s profession, organisation or place.',
  })
  affiliation?: string | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this endorsement and sent with every retry, so that retries create no second endorsement.',
  })
  idempotencyKey?: string | null;
}

@InputType({ description: 'An endorsement to withdraw.' })
export class WithdrawEndorsementInput {
  @Field(() => ID, { description: 'The endorsed article.' })
  articleId!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `endorse`.' })
export class EndorsePayload extends Payload {
  @Field(() => Endorsement, { nullable: true, description: 'The endorsement; null when refused.' })
  endorsement!: Endorsement | null;

  @Field(() => EndorsementEdge, {
    nullable: true,
    description: 'The endorsement as an edge of `Article.endorsements`; null when refused.',
  })
  endorsementEdge!: Edge<Endorsement> | null;

  @Field(() => Article, {
    nullable: true,
    description: 'The article with its current counts; null when refused.',
  })
  article!: Article | null;

  @Field(() => Boolean, {
    description:
      'Whether the endorsement becomes public only after the person’s identity is confirmed. The identity of an account is confirmed already.',
  })
  confirmationPending!: boolean;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `withdrawEndorsement`.' })
export class WithdrawEndorsementPayload extends Payload {
  @Field(() => ID, { nullable: true, description: 'The id of the withdrawn endorsement; null when refused.' })
  withdrawnEndorsementId!: string | null;

  @Field(() => Article, {
    nullable: true,
    description: 'The article with its current counts; null when refused.',
  })
  article!: Article | null;
}

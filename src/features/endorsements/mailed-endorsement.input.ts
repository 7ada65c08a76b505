import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { Article } from '../articles/article/article.type.ts';
import type { Edge } from '../../platform/graphql/connection.ts';
import { Payload } from '../../platform/graphql/user-error.type.ts';
import { Endorsement, EndorsementEdge } from './endorsement.type.ts';
import { MaxLength } from '../../platform/graphql/max-length.ts';
import { maxNameLength, maxEmailLength } from '../people/account/account.rules.ts';
import { maxStatementLength, maxAffiliationLength } from './endorsement.rules.ts';
import { maxMailedTokenLength } from '../people/mailed-links/mailed-token.ts';

@InputType({ description: 'A new endorsement without an account.' })
export class RequestEndorsementInput {
  @Field(() => ID, { description: 'The article to endorse.' })
  articleId!: string;

  @MaxLength(maxNameLength)
  @Field(() => String, { description: 'The person’s name, which becomes public.' })
  displayName!: string;

  @MaxLength(maxEmailLength)
  @Field(() => String, {
    description: 'The person’s e-mail address, to which the link is mailed. It never becomes public.',
  })
  email!: string;

  @MaxLength(maxStatementLength)
  @Field(() => String, {
    nullable: true,
    description: 'The person’s reason, as plain text.',
  })
  statement?: string | null;

  @MaxLength(maxAffiliationLength)
  @Field(() => String, {
    nullable: true,
    description: 'The person’s profession, organisation or place.',
  })
  affiliation?: string | null;
}

@InputType({ description: 'An endorsement to confirm.' })
export class ConfirmEndorsementInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The token of the link: what follows its `#`.' })
  token!: string;
}

@InputType({ description: 'An endorsement to withdraw by its mailed link.' })
export class WithdrawMailedEndorsementInput {
  @MaxLength(maxMailedTokenLength)
  @Field(() => String, { description: 'The token of the link: what follows its `#`.' })
  token!: string;
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `confirmEndorsement`.' })
export class ConfirmEndorsementPayload extends Payload {
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
}

@ObjectType({ simpleResolvers: true, description: 'The payload of `withdrawMailedEndorsement`.' })
export class WithdrawMailedEndorsementPayload extends Payload {
  @Field(() => ID, {
    nullable: true,
    description: 'The id of the withdrawn endorsement; null when refused, and for one that was never public.',
  })
  withdrawnEndorsementId!: string | null;

  @Field(() => Article, {
    nullable: true,
    description: 'The article with its current counts; null when refused, and while it is not public.',
  })
  article!: Article | null;
}

import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { maxUserErrors } from '../../../platform/errors/errors.ts';
import {
  DateTimeScalar,
  PartialDateTimeScalar,
  UrlScalar,
  UuidScalar,
} from '../../../platform/graphql/scalars.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { UserError } from '../../../platform/graphql/user-error.type.ts';
import type { PartialDateTime } from '../../../platform/time/partial-date-time.ts';
import type { CommentPolicy } from './article.policy.ts';
import { Article, CommentPolicyEnum } from './article.type.ts';
import { MaxLength } from '../../../platform/graphql/max-length.ts';
import { maxSignatureLengths, maxTitleLength, maxBodyLength, maxStandfirstLength } from './article.texts.ts';
import { maxSlugLength } from '../../../platform/text/slug.ts';
import { maxTagLength } from '../../../platform/text/tag-name.ts';

@InputType({ description: 'A signature under an article’s text.' })
export class SignatureInput {
  @MaxLength(maxSignatureLengths.name)
  @Field(() => String, { description: 'The person’s name.' })
  name!: string;

  @MaxLength(maxSignatureLengths.role)
  @Field(() => String, {
    nullable: true,
    description: 'The person’s profession or position.',
  })
  role?: string | null;

  @MaxLength(maxSignatureLengths.organisation)
  @Field(() => String, {
    nullable: true,
    description: 'The person’s organisation or place.',
  })
  organisation?: string | null;
}

@InputType({ description: 'A new article, which starts as a draft.' })
export class CreateArticleInput {
  @MaxLength(maxTitleLength)
  @Field(() => String, { description: 'The headline in one line.' })
  title!: string;

  @MaxLength(maxBodyLength)
  @Field(() => String, { description: 'Markdown without HTML.' })
  body!: string;

  @MaxLength(maxStandfirstLength)
  @Field(() => String, {
    nullable: true,
    description: 'The introductory paragraph under the headline, as plain text.',
  })
  standfirst?: string | null;

  @MaxLength(maxSlugLength)
  @Field(() => String, {
    nullable: true,
    description:
      'The name of the article in its address: words of `a` to `z` and `0` to `9` with single hyphens between them. Absent: made from the title, with a number added if that slug is taken. A slug is unique among all articles, including drafts of others.',
  })
  slug?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      'The address of the first publication, if that was elsewhere: http or https, at most 2,000 characters, unique.',
  })
  canonicalUrl?: URL | null;

  @MaxLength(maxTagLength)
  @Field(() => [String], {
    nullable: true,
    description:
      'The names of the article’s tags, in order: at most 20. They are stored in lower case without `#`, each once.',
  })
  tags?: string[] | null;

  @Field(() => [SignatureInput], {
    nullable: true,
    description: 'The signatures under the text, in order: at most 1,000.',
  })
  signatures?: SignatureInput[] | null;

  @Field(() => CommentPolicyEnum, {
    nullable: true,
    description: 'The article’s comment policy; absent: `OPEN`.',
  })
  commentPolicy?: CommentPolicy | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'The journalist under whose byline the article is created; only editors may use the byline of another. Absent: the viewer’s own byline; a journalist without one gets one with the name of their account.',
  })
  journalistId?: string | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'A key created once for this article and sent with every retry, so that retries create no second article.',
  })
  idempotencyKey?: string | null;
}

@InputType({
  description:
    'Changes of an article. An absent field stays as it is; null clears a field that may be empty. The bounds are those of `CreateArticleInput`.',
})
export class UpdateArticleInput {
  @Field(() => ID, { description: 'The article: the viewer’s own, or for editors any.' })
  articleId!: string;

  @MaxLength(maxTitleLength)
  @Field(() => String, { nullable: true, description: 'The headline; cannot be cleared.' })
  title?: string | null;

  @MaxLength(maxBodyLength)
  @Field(() => String, { nullable: true, description: 'The whole new text in Markdown; cannot be cleared.' })
  body?: string | null;

  @MaxLength(maxStandfirstLength)
  @Field(() => String, {
    nullable: true,
    description: 'The introductory paragraph under the headline; null: none.',
  })
  standfirst?: string | null;

  @MaxLength(maxSlugLength)
  @Field(() => String, {
    nullable: true,
    description:
      'The name of the article in its address; cannot be cleared. Once the article was published, a change is refused (WRONG_STATUS), so that links stay valid.',
  })
  slug?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description: 'The address of the first publication; null: it was here.',
  })
  canonicalUrl?: URL | null;

  @MaxLength(maxTagLength)
  @Field(() => [String], {
    nullable: true,
    description: 'The names of all the article’s tags, in order; null: none.',
  })
  tags?: string[] | null;

  @Field(() => [SignatureInput], {
    nullable: true,
    description: 'All signatures under the text, in order; null: none.',
  })
  signatures?: SignatureInput[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The `updatedAt` of the article on which the changes are based; STALE_REVISION if the article has changed since. Changes that the article already has are never stale.',
  })
  expectedUpdatedAt?: Date | null;
}

@InputType({ description: 'An article to publish.' })
export class PublishArticleInput {
  @Field(() => ID, { description: 'The article: the viewer’s own, or for editors any.' })
  articleId!: string;

  @Field(() => PartialDateTimeScalar, {
    nullable: true,
    description:
      'The time of publication, as exactly as it is known; not in the future. Absent: the time of the first publication, otherwise now. For an article that is already public, it corrects that time.',
  })
  publishedAt?: PartialDateTime | null;
}

@InputType({ description: 'An article to unpublish.' })
export class UnpublishArticleInput {
  @Field(() => ID, { description: 'The article: the viewer’s own, or for editors any.' })
  articleId!: string;
}

/** Payload of the mutations of one article. */
@ObjectType({ simpleResolvers: true, description: 'The payload of a mutation of one article.' })
export class ArticlePayload {
  @Field(() => Article, { nullable: true, description: 'The article as it is now; null when refused.' })
  article!: Article | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], {
    description:
      'The reasons for the refusal, one for each fault of the input; empty if the mutation succeeded.',
  })
  userErrors!: readonly UserError[];
}

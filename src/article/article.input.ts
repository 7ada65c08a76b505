import { Field, ID, InputType, ObjectType } from 'type-graphql';
import { maxUserErrors } from '../errors/errors.ts';
import { DateTimeScalar, PartialDateTimeScalar, UrlScalar, UuidScalar } from '../graphql/scalars.ts';
import { Bounded } from '../graphql/price.ts';
import { UserError } from '../graphql/user-error.type.ts';
import type { PartialDateTime } from '../time/partial-date-time.ts';
import type { CommentPolicy } from './article.policy.ts';
import { Article, CommentPolicyEnum } from './article.type.ts';

@InputType({ description: 'Somebody who signed an article’s text.' })
export class SignatureInput {
  @Field(() => String, { description: 'A person’s name: 1 to 120 characters.' })
  name!: string;

  @Field(() => String, { nullable: true, description: 'What they are: at most 120 characters.' })
  role?: string | null;

  @Field(() => String, { nullable: true, description: 'For whom or where: at most 200 characters.' })
  organisation?: string | null;
}

@InputType({ description: 'A new article. It begins as a draft.' })
export class CreateArticleInput {
  @Field(() => String, { description: 'The headline: one line of 1 to 300 characters.' })
  title!: string;

  @Field(() => String, { description: 'Markdown without HTML, 1 to 200,000 characters.' })
  body!: string;

  @Field(() => String, {
    nullable: true,
    description: 'The paragraph under the headline, as plain text: at most 1,000 characters.',
  })
  standfirst?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The name in addresses: words of `a` to `z` and `0` to `9` with single hyphens between them, at most 120 characters. ' +
      'Absent: made of the title, with a number where that is taken. Slugs are unique among all articles, drafts of others too.',
  })
  slug?: string | null;

  @Field(() => UrlScalar, {
    nullable: true,
    description:
      'Where it was published first, if elsewhere: http or https, at most 2,000 characters, unique.',
  })
  canonicalUrl?: URL | null;

  @Field(() => [String], {
    nullable: true,
    description:
      'Its subjects in order, at most 20 of 1 to 60 characters. Kept in lower case without `#`, each once.',
  })
  tags?: string[] | null;

  @Field(() => [SignatureInput], {
    nullable: true,
    description: 'Who signed the text, in order: at most 1,000.',
  })
  signatures?: SignatureInput[] | null;

  @Field(() => CommentPolicyEnum, {
    nullable: true,
    description: 'Whether it will take comments; absent: `OPEN`.',
  })
  commentPolicy?: CommentPolicy | null;

  @Field(() => ID, {
    nullable: true,
    description:
      'Whose byline it gets; others’ only by editors. Absent: one’s own. A journalist without one gets one with their account’s name.',
  })
  journalistId?: string | null;

  @Field(() => UuidScalar, {
    nullable: true,
    description:
      'Made once for this article and sent with every retry: whatever gets lost on the way, there will be one article.',
  })
  idempotencyKey?: string | null;
}

@InputType({
  description:
    'What changes of an article. What is absent stays as it is; null clears what may be empty. Bounds as in `CreateArticleInput`.',
})
export class UpdateArticleInput {
  @Field(() => ID, { description: 'One’s own article, or for editors any.' })
  articleId!: string;

  @Field(() => String, { nullable: true, description: 'The headline; can’t be cleared.' })
  title?: string | null;

  @Field(() => String, { nullable: true, description: 'The whole new text in Markdown; can’t be cleared.' })
  body?: string | null;

  @Field(() => String, { nullable: true, description: 'The paragraph under the headline; null: none.' })
  standfirst?: string | null;

  @Field(() => String, {
    nullable: true,
    description:
      'The name in addresses; can’t be cleared. Once an article was published it keeps its slug, so that links hold: WRONG_STATUS.',
  })
  slug?: string | null;

  @Field(() => UrlScalar, { nullable: true, description: 'Where it was published first; null: here.' })
  canonicalUrl?: URL | null;

  @Field(() => [String], { nullable: true, description: 'All its subjects in order; null: none.' })
  tags?: string[] | null;

  @Field(() => [SignatureInput], {
    nullable: true,
    description: 'All who signed the text, in order; null: nobody.',
  })
  signatures?: SignatureInput[] | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The `updatedAt` that the change was made from: if it is no longer the article’s, STALE_REVISION. A change that is there already is never stale.',
  })
  expectedUpdatedAt?: Date | null;
}

@InputType({ description: 'An article to make public.' })
export class PublishArticleInput {
  @Field(() => ID, { description: 'One’s own article, or for editors any.' })
  articleId!: string;

  @Field(() => PartialDateTimeScalar, {
    nullable: true,
    description:
      'When it was published, as exactly as is known; not in the future. Absent: when it was published first, else now. ' +
      'Given for a public article it corrects that time.',
  })
  publishedAt?: PartialDateTime | null;
}

@InputType({ description: 'An article to take back.' })
export class UnpublishArticleInput {
  @Field(() => ID, { description: 'One’s own article, or for editors any.' })
  articleId!: string;
}

/** Payload of the mutations of one article. */
@ObjectType({ simpleResolvers: true, description: 'The answer to a mutation of one article.' })
export class ArticlePayload {
  @Field(() => Article, { nullable: true, description: 'The article as it is now; null when refused.' })
  article!: Article | null;

  @Bounded(maxUserErrors)
  @Field(() => [UserError], {
    description: 'Why it was refused, each fault of the input; empty when it was done.',
  })
  userErrors!: readonly UserError[];
}

import { FieldResolver, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Result } from '../../../platform/errors/errors.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import {
  ArticlePayload,
  CreateArticleInput,
  PublishArticleInput,
  UnpublishArticleInput,
  UpdateArticleInput,
} from '../article/article.input.ts';
import { canCreateArticle } from '../article/article.policy.ts';
import { loadArticle } from '../article/article.show.ts';
import type { ArticleService } from './article.service.ts';

const toArticleKey = (id: string): string => requireKeys('Article', 1, id)[0];

type TextInput = Omit<UpdateArticleInput, 'articleId' | 'expectedUpdatedAt'>;

/** The texts of an article in an input; absent fields stay absent. */
function textsOf<Input extends TextInput>(input: Input) {
  const { standfirst, slug, canonicalUrl, tags, signatures } = input;
  return {
    title: input.title as Input['title'],
    body: input.body as Input['body'],
    standfirst,
    slug,
    canonicalUrl: canonicalUrl && canonicalUrl.href,
    tags,
    signatures:
      signatures?.map(({ name, role, organisation }) => ({ name, role, organisation })) ?? signatures,
  };
}

@Resolver()
export class ArticleMutationResolver {
  constructor(private readonly articles: ArticleService) {}

  @NeedsScope('PUBLISH')
  @AccountCommand(ArticlePayload, {
    description:
      'Creates an article as a draft. For journalists under their own byline, for editors under any byline. `publishArticle` makes the article public.',
    input: [CreateArticleInput, 'The article.'],
  })
  createArticle(input: CreateArticleInput, viewer: Viewer, context: Context): Promise<ArticlePayload> {
    return this.#answer(
      context,
      this.articles.createArticle(viewer, {
        article: textsOf(input),
        journalistId:
          input.journalistId == null ? undefined : requireKeys('Journalist', 1, input.journalistId)[0],
        commentPolicy: input.commentPolicy ?? 'OPEN',
        idempotencyKey: input.idempotencyKey?.toLowerCase(),
      }),
    );
  }

  @NeedsScope('PUBLISH')
  @AccountCommand(ArticlePayload, {
    description:
      'Changes an article’s texts and data. If the article already has them, nothing is written, and `updatedAt` stays.',
    input: [UpdateArticleInput, 'The changes.'],
  })
  updateArticle(input: UpdateArticleInput, viewer: Viewer, context: Context): Promise<ArticlePayload> {
    return this.#answer(
      context,
      this.articles.updateArticle(viewer, {
        articleId: toArticleKey(input.articleId),
        change: textsOf(input),
        expectedUpdatedAt: input.expectedUpdatedAt ?? undefined,
      }),
    );
  }

  @NeedsScope('PUBLISH')
  @AccountCommand(ArticlePayload, {
    description:
      'Makes an article public, for the first time or again. Without a new `publishedAt`, publishing a public article changes nothing.',
    input: [PublishArticleInput, 'The article.'],
  })
  publishArticle(input: PublishArticleInput, viewer: Viewer, context: Context): Promise<ArticlePayload> {
    const { publishedAt } = input;
    return this.#answer(
      context,
      this.articles.publishArticle(viewer, toArticleKey(input.articleId), publishedAt ?? undefined),
    );
  }

  @NeedsScope('PUBLISH')
  @AccountCommand(ArticlePayload, {
    description:
      'Ends the publication of an article: the article and its thread are then visible only to its journalist and to editors, and its event streams end for all others. The article can be published again.',
    input: [UnpublishArticleInput, 'The article.'],
  })
  unpublishArticle(input: UnpublishArticleInput, viewer: Viewer, context: Context): Promise<ArticlePayload> {
    return this.#answer(context, this.articles.unpublishArticle(viewer, toArticleKey(input.articleId)));
  }

  async #answer(context: Context, changed: Promise<Result<string>>): Promise<ArticlePayload> {
    const result = await changed;
    if (!result.ok) return { article: null, userErrors: result.userErrors };
    context.loaders.reset();
    return { article: await loadArticle(context, result.value), userErrors: [] };
  }
}

/** The field of the viewer about writing articles. */
@Resolver(() => ViewerAccount)
export class ViewerWritingResolver {
  @FieldResolver(() => Boolean, { description: 'Whether the account may call `createArticle`.' })
  canCreateArticle(@Root() { viewer }: ViewerAccount): boolean {
    return canCreateArticle(viewer);
  }
}

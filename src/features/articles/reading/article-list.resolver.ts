import type { GraphQLResolveInfo } from 'graphql';
import { Args, ArgsType, Ctx, Field, FieldResolver, Info, Int, Query, Resolver, Root } from 'type-graphql';
import { ViewerAccount } from '../../people/account/account.type.ts';
import { countAhead, type Counted, counted, toConnection } from '../../../platform/graphql/connection.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { PageArgs, pageRequest } from '../../../platform/graphql/page.ts';
import {
  type ListPrice,
  ListPriced,
  pointsOfAllArticles,
  pointsOfAllEntries,
} from '../../../platform/graphql/price.ts';
import { journalistByAccountId } from '../journalist/journalist.loader.ts';
import { Journalist } from '../journalist/journalist.type.ts';
import { ArticleFilter, toConditions } from './article-list.input.ts';
import { articleCountByJournalistId, articlePages, articleTotals } from './article-list.loader.ts';
import type { ArticleListVariant, ArticleOrder, ArticleOwner } from '../article/article-list.queries.ts';
import type { ArticleStatus } from '../article/article.policy.ts';
import { extentOfList } from '../article/article.show.ts';
import { Article, ArticleConnection, ArticleOrderEnum } from '../article/article.type.ts';
import { Tag } from '../tags/tag.type.ts';

/** Arguments of all lists of articles. */
@ArgsType()
export class ArticleListArgs extends PageArgs {
  @Field(() => ArticleFilter, {
    nullable: true,
    description: 'Conditions that the articles have to meet; absent: no conditions.',
  })
  filter?: ArticleFilter | null;

  @Field(() => ArticleOrderEnum, {
    nullable: true,
    defaultValue: 'NEWEST',
    description: 'The order of the articles.',
  })
  orderBy!: ArticleOrder | null;
}

const countedOrders: ReadonlySet<unknown> = new Set<ArticleOrder>([
  'RECENTLY_ACTIVE',
  'MOST_DISCUSSED',
  'MOST_ENDORSED',
]);

/** The price of a list that may hold all published articles: the orders by a count have no index. */
const priceByOrder = ({ orderBy }: { readonly orderBy?: unknown }): ListPrice =>
  countedOrders.has(orderBy) ? { page: pointsOfAllArticles } : {};

/** The owner of a list: `scope` is the key of the journalist or tag, or null for everybody. */
interface Owned {
  readonly of: ArticleOwner;
  readonly scope: string | null;
  readonly statuses?: readonly ArticleStatus[];
}

async function loadPage(
  { of, scope, statuses = ['PUBLISHED'] }: Owned,
  args: ArticleListArgs,
  { loaders }: Context,
  info: GraphQLResolveInfo,
): Promise<Counted<Article>> {
  const conditions = toConditions(args.filter, statuses);
  const variant: ArticleListVariant = {
    of,
    order: args.orderBy ?? 'NEWEST',
    conditions,
    extent: extentOfList(info),
  };
  const count = () => loaders.get(articleTotals).load({ scope, variant: { of, conditions } });
  countAhead(info, count);
  const page = await loaders.get(articlePages).load({ scope, variant, request: pageRequest(args) });
  const connection = toConnection(page, (row) => Article.from(row));
  return counted(connection, count);
}

/** The list of all published articles. */
@Resolver()
export class ArticleListResolver {
  @Query(() => ArticleConnection, { nullable: true, description: 'Published articles.' })
  @ListPriced(({ orderBy, filter }) => ({
    ...priceByOrder({ orderBy }),
    count: filter ? pointsOfAllArticles : pointsOfAllEntries,
  }))
  articles(
    @Args(() => ArticleListArgs) args: ArticleListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Counted<Article>> {
    return loadPage({ of: 'everybody', scope: null }, args, context, info);
  }
}

/** Fields of journalists about articles. */
@Resolver(() => Journalist)
export class JournalistArticleResolver {
  @FieldResolver(() => Int, { description: 'The number of the journalist’s published articles.' })
  articleCount(@Root() journalist: Journalist, @Ctx() context: Context): Promise<number> {
    return context.loaders.get(articleCountByJournalistId).load(journalist.journalistId);
  }

  @FieldResolver(() => ArticleConnection, {
    nullable: true,
    description: 'The journalist’s published articles.',
  })
  articles(
    @Root() { journalistId }: Journalist,
    @Args(() => ArticleListArgs) args: ArticleListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Counted<Article>> {
    return loadPage({ of: 'journalist', scope: journalistId }, args, context, info);
  }
}

/** The field of tags that lists articles. */
@Resolver(() => Tag)
export class TagArticleResolver {
  @FieldResolver(() => ArticleConnection, {
    nullable: true,
    description: 'Published articles with this tag.',
  })
  @ListPriced((args) => ({ ...priceByOrder(args), count: pointsOfAllArticles }))
  articles(
    @Root() { tagId }: Tag,
    @Args(() => ArticleListArgs) args: ArticleListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Counted<Article>> {
    return loadPage({ of: 'tag', scope: tagId }, args, context, info);
  }
}

/** A key that no journalist has, for the list of an account without a byline. */
const nobody = '0';

/** The field of the viewer that lists the articles of the viewer's byline. */
@Resolver(() => ViewerAccount)
export class ViewerArticleResolver {
  @FieldResolver(() => ArticleConnection, {
    nullable: true,
    description:
      'The articles under the viewer’s own byline, including drafts and unpublished ones; empty without a byline. A draft is sorted as if it had been published when it was created.',
  })
  async articles(
    @Root() { accountId }: ViewerAccount,
    @Args(() => ArticleListArgs) args: ArticleListArgs,
    @Ctx() context: Context,
    @Info() info: GraphQLResolveInfo,
  ): Promise<Counted<Article>> {
    const journalist = await context.loaders.get(journalistByAccountId).load(accountId);
    const statuses = ['DRAFT', 'PUBLISHED', 'UNPUBLISHED'] as const;
    return loadPage({ of: 'journalist', scope: journalist?.id ?? nobody, statuses }, args, context, info);
  }
}

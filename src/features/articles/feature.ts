import { articleErrors } from './article-errors.ts';
import { articleInvariants, articleKeys } from './article-invariants.ts';
import { articleTexts } from './article-texts.ts';
import { nothingToErase } from '../../platform/feature/erasure.ts';
import { defineFeature, resolver } from '../../platform/feature/feature.ts';
import { ArticleUpdatedResolver, CommentPolicyChangedResolver } from './reading/article-event.resolver.ts';
import {
  ArticleCheckpoint,
  ArticleReset,
  ArticleUnpublished,
  ArticleUpdated,
  CommentPolicyChanged,
  EventOmitted,
} from './article/article-event.type.ts';
import {
  ArticleListResolver,
  JournalistArticleResolver,
  TagArticleResolver,
  ViewerArticleResolver,
} from './reading/article-list.resolver.ts';
import { articleEvents } from './article/article-events.ts';
import { ArticleLogResolver } from './reading/article-log.resolver.ts';
import { ArticleSearchEntity, SearchWordEntity } from './search/article-search.entity.ts';
import { ArticleSearchResolver } from './search/article-search.resolver.ts';
import {
  ArticleCounterEntity,
  ArticleEntity,
  ArticleTextEntity,
  SignatureEntity,
} from './article/article.entity.ts';
import { ArticleMutationResolver, ViewerWritingResolver } from './writing/article.mutation.ts';
import { ArticleResolver, findArticleNode } from './reading/article.resolver.ts';
import { ArticleService } from './writing/article.service.ts';
import { ArticleSubscriptionResolver } from './reading/article.subscription.ts';
import { ArticleTagEntity, TagEntity } from './tags/tag.entity.ts';
import { findTagNode, TagResolver } from './tags/tag.resolver.ts';
import { scriptedPage, scriptedPages } from '../../platform/page/served.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { articlePage, texts } from './article.page.ts';
import { frontPage, journalistPage, tagPage } from './article-lists.page.ts';

declare module '../../platform/auth/scopes.ts' {
  interface Scopes {
    readonly PUBLISH: true;
  }
}

/** Articles and open letters with their tags, lists, search and event streams. */
export const articleFeature = defineFeature({
  name: 'article',
  migrations: [],
  tables: [
    ArticleEntity,
    ArticleTextEntity,
    ArticleCounterEntity,
    SignatureEntity,
    TagEntity,
    ArticleTagEntity,
    ArticleSearchEntity,
    SearchWordEntity,
  ],
  resolvers: [
    resolver(ArticleResolver, ({ links }) => [links]),
    resolver(ArticleListResolver),
    resolver(JournalistArticleResolver),
    resolver(TagArticleResolver),
    resolver(ViewerArticleResolver),
    resolver(ArticleSearchResolver),
    resolver(TagResolver),
    resolver(ArticleMutationResolver, (parts) => [new ArticleService(parts)]),
    resolver(ViewerWritingResolver),
    resolver(ArticleSubscriptionResolver, ({ events }) => [events]),
    resolver(ArticleLogResolver, ({ events }) => [events]),
    resolver(ArticleUpdatedResolver),
    resolver(CommentPolicyChangedResolver),
  ],
  types: [
    ArticleCheckpoint,
    ArticleReset,
    EventOmitted,
    ArticleUpdated,
    CommentPolicyChanged,
    ArticleUnpublished,
  ],
  nodes: { Article: findArticleNode, Tag: findTagNode },
  logs: [],
  events: articleEvents,
  counters: {},
  notifications: {},
  idempotency: articleKeys,
  errorCodes: articleErrors,
  scopes: { PUBLISH: { place: 5 } },
  texts: articleTexts,
  invariants: articleInvariants,
  pruning: () => [],
  // An article belongs to its byline, which remains after the account is erased.
  jobs: () => [],
  routes: () => [],
  served: {
    pages: {
      [pageRoutes.front]: frontPage,
      [pageRoutes.article]: articlePage,
      [pageRoutes.journalist]: journalistPage,
      [pageRoutes.tag]: tagPage,
      [pageRoutes.search]: scriptedPage('Search'),
      ...scriptedPages(pageRoutes.write, pageRoutes.edit, pageRoutes.myArticles),
    },
    parts: {},
    texts,
  },
  erasure: () => nothingToErase,
  personalData: [],
});

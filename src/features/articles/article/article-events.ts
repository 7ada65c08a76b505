import type { EventDeclarations } from '../../../platform/graphql/article-events.ts';
import { ArticleUnpublished, ArticleUpdated, CommentPolicyChanged, viewAs } from './article-event.type.ts';
import { textByArticleId } from './article.loader.ts';

declare module '../../../platform/events/event.ts' {
  interface EventKinds {
    readonly ARTICLE_UPDATED: OfArticle;
    readonly COMMENT_POLICY_CHANGED: OfArticle;
    readonly ARTICLE_UNPUBLISHED: OfArticle;
  }
}

/** The events of the article itself. */
export const articleEvents = {
  ARTICLE_UPDATED: {
    react: 'Read the fields that you show of the article.',
    view: viewAs(ArticleUpdated),
    textLength: async ({ log: articleId }, context) => {
      const row = await context.loaders.get(textByArticleId).load(articleId);
      return row ? Math.max(row.bodyHtml.length, row.bodyText.length) : 0;
    },
    changes: 'anything',
  },
  COMMENT_POLICY_CHANGED: {
    react: '`viewerCanComment` may have changed.',
    view: viewAs(CommentPolicyChanged),
    textLength: 'short',
    changes: 'anything',
  },
  ARTICLE_UNPUBLISHED: {
    react:
      'The article was unpublished. The stream ends, except for its journalist and editors, and except if the article has been published again since: take the page down when the stream ends, not before.',
    view: viewAs(ArticleUnpublished),
    textLength: 'short',
    changes: 'anything',
    withdraws: true,
  },
} satisfies EventDeclarations;

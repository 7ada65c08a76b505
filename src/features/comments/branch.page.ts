import { html } from '../../platform/page/html.ts';
import { oembedAlternate } from '../../platform/page/page-alternates.ts';
import { layout } from '../../platform/page/page-layout.ts';
import type { ServedPage } from '../../platform/page/served.ts';
import { isolated } from '../../platform/text/direction.ts';
import { isSlug } from '../../platform/text/slug.ts';
import { articleAddress, articleHead, articleSelection } from '../articles/article.page.ts';
import { commentCard, commentSelection, texts as discussionTexts } from './discussion.page.ts';
import type { PageOfBranchQuery } from './page.generated.ts';

/** Texts of a branch, as in `web/texts.ts`. */
export const texts = {
  branchTitle: (title: string) => `A thread under “${isolated(title)}”`,
  wholeDiscussion: 'The whole discussion',
} as const;

/** Whether a text can be a comment's id: two keys in base64url. */
const isId = (text = ''): text is string => /^[\w-]{1,200}$/.test(text);

/**
 * One comment, under which the page's script shows the replies. For search engines the canonical page is the article's, which has the
 * comment too.
 */
export const branchPage: ServedPage = {
  // Parts use the variable, which has no value here.
  operation: `query PageOfBranch($slug: String!, $commentId: ID!, $after: Cursor) {
    article(slug: $slug) ${articleSelection}
    comment(id: $commentId) { ${commentSelection} article { slug } }
  }`,
  variables: ({ slug, commentId }) => (isSlug(slug) && isId(commentId) ? { slug, commentId } : undefined),
  view: ({ article, comment }: PageOfBranchQuery, page) => {
    if (!article || !comment || comment.article.slug !== page.variables.slug) return undefined;
    const { slug } = article;
    const title = texts.branchTitle(article.title);
    const content = html`<div class="page branch-page">
      <h1 tabindex="-1" class="branch-title">${title}</h1>
      <p><a href="${articleAddress(slug)}#comment-${comment.id}">${texts.wholeDiscussion}</a></p>
      <section class="discussion" aria-label="${discussionTexts.discussion}">
        <div class="thread">
          ${commentCard(slug, comment, 0)}
          <div class="thread-bar"></div>
        </div>
      </section>
    </div>`;
    // Of a tombstone there is nothing to be shown elsewhere.
    const alternates =
      comment.status === 'PUBLISHED' ? [oembedAlternate(title, page.siteUrl, comment.permalink)] : [];
    return {
      head: { ...articleHead(article, page), title, alternates },
      content: layout(content),
    };
  },
};

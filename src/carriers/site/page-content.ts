import { html, type Html, noscript } from './html.ts';
import { articleAddress, articleText, endorsements } from './page-article.ts';
import { support } from './page-campaign.ts';
import { commentCard, discussion } from './page-discussion.ts';
import { layout } from './page-layout.ts';
import type { BranchComment, ListedArticle, PageArticle } from './page-operations.ts';
import { texts } from './page-texts.ts';

/**
 * An article with its endorsements and first comments, complete as it is shown.
 * @param after cursor of the comment before the first one on the page; undefined: it is the thread's first
 */
export const articleContent = (article: PageArticle, after?: string): Html =>
  layout(
    html`<div class="page article-page">
      ${articleText(article)} ${support(article)} ${endorsements(article)} ${discussion(article, after)}
    </div>`,
  );

/** One comment, under which the page's script shows the replies. */
export function branchContent({ slug, title }: PageArticle, comment: BranchComment): Html {
  return layout(
    html`<div class="page branch-page">
      <h1 tabindex="-1" class="branch-title">${texts.branchTitle(title)}</h1>
      <p><a href="${articleAddress(slug)}#comment-${comment.id}">${texts.wholeDiscussion}</a></p>
      <section class="discussion" aria-label="${texts.discussion}">
        <div class="thread">
          ${commentCard(slug, comment, 0)}
          <div class="thread-bar"></div>
        </div>
      </section>
    </div>`,
  );
}

/** A list of articles to be followed without scripts. */
export function listContent(heading: string, articles: readonly ListedArticle[]): Html {
  const items = articles.map(
    ({ slug, title, standfirst }) =>
      html`<li>
        <a href="${articleAddress(slug)}">${title}</a>
        ${standfirst && html`<p>${standfirst}</p>`}
      </li>`,
  );
  return noscript(
    html`<h1>${heading}</h1>
      <ul>
        ${items}
      </ul>`,
  );
}

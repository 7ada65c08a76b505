import { pageRoutes } from '../../platform/http/paths.ts';
import { html, type Html, noscript } from '../../platform/page/html.ts';
import { articleAddress, articleText, endorsements } from '../../features/articles/article.page.ts';
import { campaignList, support } from '../../features/funding/campaign.page.ts';
import { commentCard, discussion } from '../../features/comments/discussion.page.ts';
import { layout } from '../../platform/page/page-layout.ts';
import type {
  BranchComment,
  ListedArticle,
  ListedCampaigns,
  PageArticle,
  PageCampaignExtras,
} from './page-operations.ts';
import { servedOnly, texts } from '../../platform/page/page-texts.ts';

/** What an article's page has beside the article itself. */
export interface ArticleMore {
  /** Cursor of the comment before the first one on the page; undefined: it is the thread's first. */
  readonly after?: string | undefined;
  /** Undefined: the article's campaign has none, or they could not be read. */
  readonly extras?: PageCampaignExtras | undefined;
}

/** An article with its campaign, endorsements and first comments, complete as it is shown. */
export const articleContent = (article: PageArticle, { after, extras }: ArticleMore): Html =>
  layout(
    html`<div class="page article-page">
      ${articleText(article)} ${support(article, extras)} ${endorsements(article)}
      ${discussion(article, after)}
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

/** Content for readers without scripts, where the script makes the whole page. */
const withoutScripts = (content: Html, form: 'page' | 'page narrow-page' = 'page'): Html =>
  noscript(html`<main class="${form}">${content}</main>`);

/** A heading and a sentence in place of what only a script can show, or of what is not there. */
export const noContent = (heading: string, sentence: string): Html =>
  withoutScripts(
    html`<h1>${heading}</h1>
      <p>${sentence}</p>
      <p><a href="${pageRoutes.front}">${texts.toFront}</a></p>`,
    'page narrow-page',
  );

/**
 * A list of articles to be followed without scripts.
 * @param above what stands between the heading and the list
 */
export function listContent(heading: string, articles: readonly ListedArticle[], above?: Html | null): Html {
  const items = articles.map(
    ({ slug, title, standfirst }) =>
      html`<li>
        <a dir="auto" lang="" href="${articleAddress(slug)}">${title}</a>
        ${standfirst && html`<p dir="auto" lang="">${standfirst}</p>`}
      </li>`,
  );
  return withoutScripts(
    html`<h1 dir="auto" lang="">${heading}</h1>
      ${above}
      <ul>
        ${items}
      </ul>`,
  );
}

/** Campaigns that take pledges, to be followed without scripts. */
export const campaignsContent = ({ nodes, pageInfo }: NonNullable<ListedCampaigns>): Html =>
  withoutScripts(
    html`<h1>${texts.raisingMoney}</h1>
      ${nodes.length > 0 ? campaignList(nodes) : html`<p>${texts.nothingRaising}</p>`}
      ${pageInfo.hasNextPage && html`<p>${servedOnly.moreCampaigns}</p>`}`,
  );

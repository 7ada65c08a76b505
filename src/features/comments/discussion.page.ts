import { fillRoute, pageRoutes } from '../../platform/http/paths.ts';
import { html, Html } from '../../platform/page/html.ts';
import { articleAddress } from '../articles/article.page.ts';
import { supportLine } from '../funding/campaign.page.ts';
import { portrait } from '../../platform/page/page-layout.ts';
import type { PageArticle, PageComment } from '../../carriers/site/page-operations.ts';
import { formatDay, formatNumber, servedOnly, texts } from '../../platform/page/page-texts.ts';

/** The deepest level of a thread that the article's page shows; deeper comments have a page of their own. */
const maxLevel = 8;

/**
 * One page of an article's comments, as the article's page shows them: `DiscussionHead` and `Thread`. Links lead to the
 * other pages, without scripts; the script shows its own list instead, from the first comment.
 * @param after cursor of the comment before the first one; undefined: it is the thread's first
 */
export function discussion(article: PageArticle, after?: string): Html {
  const { commentCount, commentPolicy, allComments } = article;
  const isClosed = commentPolicy === 'CLOSED';
  return html`<section class="discussion" aria-labelledby="discussion">
    <div class="thread">
      <div class="discussion-head">
        <div class="discussion-title">
          <h2 id="discussion">
            ${texts.discussion} <span class="count">${texts.comments(commentCount)}</span>
          </h2>
          <label class="sort is-reserved"
            >${texts.sortLabel}<select>
              <option>${texts.sorts.THREADED}</option>
            </select></label
          >
        </div>
        ${supportLine(article)} ${isClosed && html`<p class="hint">${texts.commentsClosed}</p>`}
        ${commentPolicy === 'PREMODERATED' && html`<p class="hint">${texts.premoderated}</p>`}
        ${!isClosed && html`<p class="is-reserved"><span class="button">${texts.signInToComment}</span></p>`}
      </div>
      <div class="thread-bar"></div>
      ${after !== undefined && moreLink(articleAddress(article.slug), servedOnly.firstComments)}
      ${threadRows(article.slug, allComments?.nodes ?? [], after)} ${nextLink(article)}
    </div>
  </section>`;
}

const moreLink = (address: string, text: string): Html =>
  html`<div class="thread-more"><a class="button" href="${address}#discussion">${text}</a></div>`;

function nextLink({ slug, allComments }: PageArticle): Html | null {
  const { hasNextPage, endCursor } = allComments?.pageInfo ?? {};
  if (hasNextPage !== true || endCursor == null) return null;
  return moreLink(`${articleAddress(slug)}?after=${encodeURIComponent(endCursor)}`, texts.later);
}

function threadRows(slug: string, nodes: readonly PageComment[], after?: string): Html | null {
  const shown = nodes.filter(({ depth }) => depth <= maxLevel);
  if (shown.length === 0)
    return after === undefined ? html`<p class="thread-empty">${texts.noComments}</p>` : null;
  const rows = shown.map(
    (comment) =>
      html`<div class="thread-row is-level-${comment.depth}${comment.depth === 0 ? ' is-thread' : ''}">
        ${commentCard(slug, comment, comment.depth)}
      </div>`,
  );
  return html`<div class="thread-rows is-served">${rows}</div>`;
}

/**
 * One comment, as `CommentCard` of the page. The time is its day: an age would change the document every minute.
 * @param slug of the article
 * @param level of indentation
 */
export function commentCard(slug: string, comment: PageComment, level: number): Html {
  const { id, status, bodyHtml, author, descendantCount } = comment;
  const isTombstone = status === 'REMOVED';
  return html`<article
    id="comment-${id}"
    class="comment${toneOf(comment)}"
    tabindex="-1"
    aria-label="${texts.commentBy(author?.name ?? null, level)}"
  >
    ${commentHead(slug, comment, level)}
    ${bodyHtml !== null && html`<div class="comment-body" lang="">${new Html(bodyHtml)}</div>`}
    ${!isTombstone && commentActions(comment)}
    ${level >= maxLevel && descendantCount > 0 && continueLink(slug, comment)}
  </article>`;
}

/** As `badgesOf` of the page's cards. */
const badgesOf = (badges: PageComment['authorBadges']): PageComment['authorBadges'] =>
  badges.includes('ARTICLE_AUTHOR') ? badges.filter((badge) => badge !== 'JOURNALIST') : badges;

/** As `toneOf` of the page's cards. */
function toneOf({ authorBadges }: PageComment): string {
  if (authorBadges.includes('ARTICLE_AUTHOR')) return ' is-by-author';
  return authorBadges.includes('MODERATOR') ? ' is-by-staff' : '';
}

function commentHead(slug: string, comment: PageComment, level: number): Html {
  const { id, status, author, authorBadges, createdAt, editedAt, descendantCount } = comment;
  const name = author?.name ?? '';
  const person = html`${portrait({ name, photoUrl: author?.avatarUrl ?? null }, 24)}
    <span class="comment-author${author ? '' : ' is-nobody'}">${authorName(author)}</span>
    ${author?.sharesNameWithJournalist === true && html`<span class="comment-mark">${texts.namesake}</span>`}
    ${badgesOf(authorBadges).map(
      (badge) => html`<span class="badge is-${badge.toLowerCase()}">${texts.badges[badge]}</span>`,
    )}`;
  return html`<header class="comment-head">
    ${status === 'REMOVED' ? html`<span class="comment-author is-nobody">${texts.removed}</span>` : person}
    <a class="comment-time" href="${articleAddress(slug)}#comment-${id}"
      ><time datetime="${createdAt}">${formatDay(createdAt)}</time></a
    >
    ${editedAt !== null && html`<span class="comment-mark">${texts.edited}</span>`}
    ${
      level < maxLevel &&
      descendantCount > 0 &&
      html`<span class="button fold-button is-reserved">${texts.fold}</span>`
    }${status !== 'REMOVED' && html`<span class="comment-tools is-reserved"><span class="tool"></span></span>`}
  </header>`;
}

function authorName(author: PageComment['author']): Html | string {
  if (!author) return texts.nameless;
  if (author.permalink === null) return html`<bdi lang="">${author.name}</bdi>`;
  return html`<a dir="auto" lang="" href="${fillRoute(pageRoutes.person, { id: author.id })}"
    >${author.name}</a
  >`;
}

function commentActions({ reactions }: PageComment): Html {
  const counts = reactions
    .filter(({ count }) => count > 0)
    .map(
      ({ kind, count }) =>
        html`<span class="reaction">${texts.reactions[kind]} ${formatNumber(count)}</span>`,
    );
  return html`<div class="comment-actions">
    <a class="is-reserved">${texts.reply}</a><span class="reactions">${counts}</span>
  </div>`;
}

function continueLink(slug: string, { id, descendantCount }: PageComment): Html {
  const address = fillRoute(pageRoutes.branch, { slug, commentId: id });
  return html`<a class="continue-link" href="${address}">${texts.continueThread(descendantCount)}</a>`;
}

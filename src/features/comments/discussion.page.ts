import { feedRoutes, fillRoute, pageRoutes } from '../../platform/http/paths.ts';
import { html, Html } from '../../platform/page/html.ts';
import { feedAlternates } from '../../platform/page/page-alternates.ts';
import type { JsonLd } from '../../platform/page/page-head.ts';
import { portrait } from '../../platform/page/page-layout.ts';
import { formatCount, formatDay, formatNumber, texts as shared } from '../../platform/page/page-texts.ts';
import type { OpenPage, PagePart } from '../../platform/page/served.ts';
import { isolated } from '../../platform/text/direction.ts';
import { articleAddress, interactions } from '../articles/article.page.ts';
import type { CommentsInHeadFragment, DiscussionFragment } from './page.generated.ts';

/** One of the comments on an article's page; a tombstone has neither text nor author. */
type PageComment = NonNullable<DiscussionFragment['allComments']>['nodes'][number];

/** Texts of a discussion, as in `web/texts.ts`. */
export const texts = {
  discussion: 'Discussion',
  comments: (count: number) => formatCount(count, 'comment', 'comments'),
  sortLabel: 'Order',
  sorts: { THREADED: 'Replies under comments' },
  commentsClosed: 'This article takes no new comments.',
  premoderated: 'A moderator reads each comment before it is public.',
  signInToComment: 'Sign in to comment',
  noComments: 'Nobody has said anything yet.',
  later: 'More comments',
  commentBy: (name: string | null, level: number) =>
    `${level === 0 ? 'Comment' : `Reply, level ${level},`} by ${isolated(name ?? 'somebody without a name')}`,
  nameless: 'No name given',
  removed: 'Comment removed',
  badges: { ARTICLE_AUTHOR: 'Author', JOURNALIST: 'Journalist', MODERATOR: 'Moderator' },
  edited: 'edited',
  fold: 'Hide replies',
  reply: 'Reply',
  reactions: { LIKE: 'Well said', INSIGHTFUL: 'Insightful', DISAGREE: 'Disagree' },
  continueThread: (count: number) => `Continue this thread: ${formatCount(count, 'reply', 'replies')}`,
} as const;

// The script has no use for these.
const commentsFeed = (title: string) => `Comments on “${isolated(title)}”`;
const firstComments = 'The first comments';

/** The selection on a comment that `commentCard` shows. */
export const commentSelection = `
  id permalink status depth descendantCount bodyText bodyHtml createdAt editedAt authorBadges
  author { id name avatarUrl permalink sharesNameWithJournalist }
  reactions { kind count }
`;

/** What the head of an article's page says of its comments, beside their texts. */
export const commentsInHeadPart: PagePart = {
  slot: 'articleHead',
  fragment: 'on Article { slug title commentCount }',
  head: ({ slug, title, commentCount }: CommentsInHeadFragment, { siteUrl }) => ({
    alternates: feedAlternates(commentsFeed(title), siteUrl + fillRoute(feedRoutes.comments, { slug })),
    jsonLd: { commentCount, interactionStatistic: [interactions('CommentAction', commentCount)] },
  }),
};

/** The discussion on an article's page. */
export const discussionPart: PagePart = {
  slot: 'articleLower',
  // The page's variable is the cursor of the comment before the first one.
  fragment: `on Article {
    slug commentCount commentPolicy ...discussionHead
    allComments(first: 20, after: $after, orderBy: THREADED) {
      nodes { ${commentSelection} }
      pageInfo { hasNextPage endCursor }
    }
  }`,
  html: discussion,
  head: ({ allComments }: DiscussionFragment) => ({
    jsonLd: { comment: comments(allComments?.nodes ?? []) },
  }),
};

/** The deepest level of a thread that the article's page shows; deeper comments have a page of their own. */
const maxLevel = 8;

/**
 * One page of an article's comments, as the article's page shows them: `DiscussionHead` and `Thread`. Links lead to the
 * other pages, without scripts; the script shows its own list instead, from the first comment.
 */
async function discussion(article: DiscussionFragment, page: OpenPage): Promise<Html> {
  const { commentCount, commentPolicy, allComments } = article;
  /** Cursor of the comment before the first one; undefined: it is the thread's first. */
  const { after } = page.variables;
  const line = await page.partsAt('discussionHead', article);
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
        ${line} ${isClosed && html`<p class="hint">${texts.commentsClosed}</p>`}
        ${commentPolicy === 'PREMODERATED' && html`<p class="hint">${texts.premoderated}</p>`}
        ${!isClosed && html`<p class="is-reserved"><span class="button">${texts.signInToComment}</span></p>`}
      </div>
      <div class="thread-bar"></div>
      ${after !== undefined && moreLink(articleAddress(article.slug), firstComments)}
      ${threadRows(article.slug, allComments?.nodes ?? [], after)} ${nextLink(article)}
    </div>
  </section>`;
}

const moreLink = (address: string, text: string): Html =>
  html`<div class="thread-more"><a class="button" href="${address}#discussion">${text}</a></div>`;

function nextLink({ slug, allComments }: DiscussionFragment): Html | null {
  const { hasNextPage, endCursor } = allComments?.pageInfo ?? {};
  if (hasNextPage !== true || endCursor == null) return null;
  return moreLink(`${articleAddress(slug)}?after=${encodeURIComponent(endCursor)}`, texts.later);
}

function threadRows(slug: string, nodes: readonly PageComment[], after: unknown): Html | null {
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
    ${author?.sharesNameWithJournalist === true && html`<span class="comment-mark">${shared.namesake}</span>`}
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

/** Comments in the order of reading, without tombstones: a reply to a tombstone names no parent. */
function comments(nodes: readonly PageComment[]): JsonLd[] {
  // In this order, the parent of a comment is the last one before it with a depth one less.
  const above: (string | undefined)[] = [];
  return nodes.flatMap(({ permalink, status, depth, bodyText, createdAt, editedAt, author }) => {
    const shown = status === 'PUBLISHED' && bodyText !== null;
    above[depth] = shown ? permalink : undefined;
    if (!shown) return [];
    const parent = depth === 0 ? undefined : above[depth - 1];
    return [
      {
        '@type': 'Comment',
        '@id': permalink,
        url: permalink,
        text: bodyText,
        dateCreated: createdAt,
        dateModified: editedAt ?? undefined,
        author: author ? { '@type': 'Person', name: author.name } : undefined,
        parentItem: parent === undefined ? undefined : { '@id': parent },
      },
    ];
  });
}

// Follows the discussion of one article until it is stopped: node examples/listen.mjs ARTICLE_SLUG [ADDRESS]
import { createLiveClient } from '@standfirst/client';
import WebSocket from 'ws';

const [slug, address = 'http://127.0.0.1:4000'] = process.argv.slice(2);
if (slug === undefined) fail('Usage: node examples/listen.mjs ARTICLE_SLUG [ADDRESS]');

function fail(message) {
  console.error(message);
  process.exit(1);
}

// #region listen
// 1. Load the page and the cursor to listen from in one request: no event in between is lost.
async function loadArticle() {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({
      query: 'query ($slug: String!) { article(slug: $slug) { id title commentCount liveCursor } }',
      variables: { slug },
    }),
  });
  const { data, errors } = await response.json();
  if (errors) throw new Error(errors[0].message);
  if (!data.article) throw new Error(`There is no article "${slug}"`);
  console.log(`${data.article.title}: ${data.article.commentCount} comments`);
  return data.article;
}

// 2. Listen to the events after that cursor; the client resumes after any interruption.
const article = await loadArticle().catch(({ message, cause }) => fail(cause?.message ?? message));
const live = createLiveClient({ url: `${address}/graphql`, webSocketImpl: WebSocket });
const listening = live.article({
  articleId: article.id,
  cursor: article.liveCursor,
  document: `subscription ($articleId: ID!, $after: EventCursor) {
    articleEvents(articleId: $articleId, after: $after) {
      __typename cursor
      ... on CommentEvent { comment { bodyText author { name } } }
      ... on ArticleReset { resetReason }
    }
  }`,
  onEvent: ({ __typename, comment }) => {
    if (comment) console.log(__typename, comment.author?.name ?? '', comment.bodyText ?? '');
  },
  // 3. Too many events were missed: load the page again. The client repeats this until it succeeds; later events wait.
  onReset: loadArticle,
  onState: ({ status, interruption }) =>
    console.log(interruption ? `${status}: ${interruption.reason}` : status),
});
// #endregion listen

const end = await listening.ended;
if (end.error) fail(end.error.message);
console.log('the article was unpublished');

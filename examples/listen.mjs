// Follows one article's discussion for ever: node examples/listen.mjs ARTICLE_SLUG [ADDRESS]
import { setTimeout as sleep } from 'node:timers/promises';
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [slug, address = 'http://127.0.0.1:4000'] = process.argv.slice(2);

// 1. The page, and with it the position to listen from: nothing that happens in between is lost.
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

// 2. Every event carries its cursor. The client sends these variables again after each interruption, so advance the
//    cursor in place and the stream goes on where it broke off.
const article = await loadArticle();
const variables = { articleId: article.id, after: article.liveCursor };
const client = createClient({
  url: `${address.replace(/^http/, 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  // For ever; and at random within a growing time, so that thousands don't come back in the same second.
  retryAttempts: Infinity,
  shouldRetry: () => true,
  retryWait: (retries) => sleep(Math.random() * Math.min(30_000, 500 * 2 ** retries)),
});
const results = client.iterate({
  query: `subscription ($articleId: ID!, $after: EventCursor) {
    articleEvents(articleId: $articleId, after: $after) {
      __typename cursor
      ... on CommentEvent { comment { bodyText author { name } } }
    }
  }`,
  variables,
});
for await (const { data, errors } of results) {
  // Errors come alone and end the stream: the article is gone, or the document is wrong.
  if (errors) throw new Error(errors[0].message);
  const event = data.articleEvents;
  variables.after = event.cursor;
  if (event.__typename === 'ArticleCheckpoint') console.log('live');
  else if (event.__typename === 'ArticleReset') await loadArticle();
  else console.log(event.__typename, event.comment?.author?.name ?? '', event.comment?.bodyText ?? '');
}
console.log('the article was taken back');

// Follows one article's discussion for ever: node examples/listen.mjs ARTICLE_SLUG [ADDRESS]
import { createClient } from 'graphql-ws';
import WebSocket from 'ws';

const [slug, address = 'http://127.0.0.1:4000'] = process.argv.slice(2);

// 1. The page, and with it the position to listen from: nothing that happens in between is lost.
const response = await fetch(`${address}/graphql`, {
  method: 'POST',
  headers: { 'content-type': 'application/json' },
  body: JSON.stringify({
    query: 'query ($slug: String!) { article(slug: $slug) { id title commentCount liveCursor } }',
    variables: { slug },
  }),
});
const { article } = (await response.json()).data;
console.log(`${article.title}: ${article.commentCount} comments`);

// 2. Every event carries its cursor. The client sends these variables again after each interruption, so advance the
//    cursor in place and the stream goes on where it broke off.
const variables = { articleId: article.id, after: article.liveCursor };
const client = createClient({
  url: `${address.replace(/^http/, 'ws')}/graphql`,
  webSocketImpl: WebSocket,
  retryAttempts: Infinity,
  shouldRetry: () => true,
});
const events = client.iterate({
  query: `subscription ($articleId: ID!, $after: EventCursor) {
    articleEvents(articleId: $articleId, after: $after) {
      __typename cursor
      ... on CommentEvent { comment { bodyText author { name } } }
    }
  }`,
  variables,
});
for await (const { data } of events) {
  const event = data.articleEvents;
  variables.after = event.cursor;
  if (event.__typename === 'ArticleCheckpoint') console.log('live');
  else if (event.__typename === 'ArticleReset') console.log('too much was missed: load the page again');
  else console.log(event.__typename, event.comment?.author?.name ?? '', event.comment?.bodyText ?? '');
}

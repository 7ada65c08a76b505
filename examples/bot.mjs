// Answers the comments of one article that mention it, until it is stopped or its token is revoked:
// STANDFIRST_TOKEN=sf_… node examples/bot.mjs ARTICLE_SLUG [ADDRESS]
import { createHash } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLiveClient } from '@standfirst/client';
import WebSocket from 'ws';

const [slug, address = 'http://127.0.0.1:4000'] = process.argv.slice(2);
const token = process.env.STANDFIRST_TOKEN;
if (slug === undefined || token === undefined)
  fail('Usage: STANDFIRST_TOKEN=sf_… node examples/bot.mjs ARTICLE_SLUG [ADDRESS]');

function fail(message) {
  console.error(message);
  process.exit(1);
}

// #region bot
// 1. Every request carries the token, which needs the scopes READ and COMMENT.
async function send(query, variables) {
  const response = await fetch(`${address}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify({ query, variables }),
  });
  const { data, errors } = await response.json();
  if (errors) throw Object.assign(new Error(errors[0].message), errors[0].extensions);
  return data;
}

const isPassing = ({ code }) => code === undefined || ['RATE_LIMITED', 'UNAVAILABLE'].includes(code);

// 2. The key is made from the comment, so that no comment is answered twice: not after a lost response, and not after a
// restart.
async function answer({ id, bodyText, author }) {
  const mention = `@${name}`.toLowerCase();
  if (author?.name === name || !bodyText?.toLowerCase().includes(mention)) return;
  const [, a, b, c] = /^(.{8})(.{4})(.{3})/.exec(createHash('sha256').update(id).digest('hex'));
  const idempotencyKey = `${a}-${b}-5${c}-8000-000000000000`;
  const input = { articleId: article.id, parentId: id, body: 'You called?', idempotencyKey };
  for (;;) {
    try {
      const { addComment } = await send(
        'mutation ($input: AddCommentInput!) { addComment(input: $input) { userErrors { message } } }',
        { input },
      );
      // Refused for good: the comment was removed, or comments are closed.
      for (const { message } of addComment.userErrors) console.log(`not answered: ${message}`);
      return;
    } catch (error) {
      if (!isPassing(error)) return fail(error.message);
      await sleep(1000 * (error.retryAfterSeconds ?? 5));
    }
  }
}

// 3. One request loads what was written in the last day, and the cursor to listen from: no event in between is lost.
async function load() {
  const data = await send(
    `query ($slug: String!) {
      viewer { name }
      article(slug: $slug) {
        id liveCursor
        allComments(first: 100, orderBy: NEWEST) { nodes { id bodyText createdAt author { name } } }
      }
    }`,
    { slug },
  );
  if (!data.article) throw new Error(`There is no article "${slug}"`);
  return data;
}

let answered = Promise.resolve();
const answerSoon = (comment) => (answered = answered.then(() => answer(comment)));

function answerRecent({ article: { allComments } }) {
  const yesterday = Date.now() - 24 * 3600 * 1000;
  for (const comment of allComments.nodes) if (Date.parse(comment.createdAt) > yesterday) answerSoon(comment);
}

const loaded = await load().catch(({ message, cause }) => fail(cause?.message ?? message));
const {
  viewer: { name },
  article,
} = loaded;
answerRecent(loaded);

// 4. The client reconnects and resumes after any interruption. It ends for good when the token is revoked or expires.
const live = createLiveClient({ url: `${address}/graphql`, token: () => token, webSocketImpl: WebSocket });
const listening = live.article({
  articleId: article.id,
  cursor: article.liveCursor,
  document: `subscription ($articleId: ID!, $after: EventCursor) {
    articleEvents(articleId: $articleId, after: $after) {
      __typename cursor
      ... on CommentAdded { comment { id bodyText author { name } } }
      ... on ArticleReset { resetReason }
    }
  }`,
  onEvent: ({ __typename, comment }) => {
    if (__typename === 'CommentAdded' && comment) answerSoon(comment);
  },
  // Too many events were missed: what was written meanwhile is loaded.
  onReset: async () => {
    const again = await load();
    answerRecent(again);
    return again.article;
  },
  onState: ({ status, interruption }) =>
    console.log(interruption ? `${status}: ${interruption.reason}` : status),
});
// #endregion bot

const end = await listening.ended;
await answered;
if (end.error) fail(end.error.message);
console.log('the article was unpublished');

// Answers the comments of the whole site that mention it, until it is stopped or its token is revoked. It keeps its position
// in a file, and begins there next time: it misses nothing while it is away.
// STANDFIRST_TOKEN=sf_… node examples/bot.mjs [ADDRESS] [FILE]
import { createHash } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createLiveClient } from '@standfirst/client';
import WebSocket from 'ws';

const [address = 'http://127.0.0.1:4000', file = 'bot.cursor'] = process.argv.slice(2);
const token = process.env.STANDFIRST_TOKEN;
if (token === undefined) fail('Usage: STANDFIRST_TOKEN=sf_… node examples/bot.mjs [ADDRESS] [FILE]');

function fail(message) {
  console.error(message);
  process.exit(1);
}

// #region requests
// Every request carries the token, which needs the scopes READ and COMMENT. What fails in passing is tried again; an article
// that is taken back in the middle of a request is "not found" once.
async function send(query, variables) {
  for (;;) {
    try {
      const response = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query, variables }),
      });
      const { data, errors } = await response.json();
      if (!errors) return data;
      throw Object.assign(new Error(errors[0].message), errors[0].extensions);
    } catch (error) {
      if (![undefined, 'RATE_LIMITED', 'UNAVAILABLE', 'NOT_FOUND'].includes(error.code))
        return fail(error.message);
      await sleep(1000 * (error.retryAfterSeconds ?? 1));
    }
  }
}

// The key is made from the comment, so that no comment is answered twice: not after a lost response, and not after a restart.
async function answer({ id: parentId, bodyText, author }, articleId) {
  if (author?.name === name || !bodyText?.toLowerCase().includes(`@${name}`.toLowerCase())) return;
  const [, a, b, c] = /^(.{8})(.{4})(.{3})/.exec(createHash('sha256').update(parentId).digest('hex'));
  const input = {
    articleId,
    parentId,
    body: 'You called?',
    idempotencyKey: `${a}-${b}-5${c}-8000-000000000000`,
  };
  const { addComment } = await send(
    'mutation ($input: AddCommentInput!) { addComment(input: $input) { userErrors { message } } }',
    { input },
  );
  // Refused for good: the comment was removed, or comments are closed.
  for (const { message } of addComment.userErrors) console.log(`not answered: ${message}`);
}
// #endregion requests

const { viewer } = await send('{ viewer { name } }');
const { name } = viewer;

// #region bot
const fields = `__typename cursor
  ... on SiteArticleEvent { articleId event { ... on CommentAdded { comment { id bodyText author { name } } } } }`;

// 1. The position is kept behind each event that was handled, in one step, so that a file is never half a cursor.
let position = await readFile(file, 'utf8').catch(() => undefined);
async function handle({ cursor, articleId, event }) {
  if (event?.comment) await answer(event.comment, articleId);
  await writeFile(`${file}.new`, cursor);
  await rename(`${file}.new`, file);
  position = cursor;
}

// 2. Any number of missed events is read page by page. The first time there are none: the page has the present position.
async function catchUp() {
  for (let page = { hasMore: true }; page.hasMore;) {
    const query = `query ($after: EventCursor) { events(after: $after) { events { ${fields} } cursor hasMore } }`;
    ({ events: page } = await send(query, { after: position }));
    for (const event of page.events) await handle(event);
    await handle({ cursor: page.cursor });
  }
}

// 3. From there the stream goes on. It resumes after any interruption, and ends when the token is revoked or has expired.
await catchUp();
const live = createLiveClient({ url: `${address}/graphql`, token: () => token, webSocketImpl: WebSocket });
const listening = live.site({
  cursor: position,
  document: `subscription ($after: EventCursor) {
    siteEvents(after: $after) { ${fields} ... on SiteReset { resetReason } }
  }`,
  onEvent: handle,
  // More was missed than a stream sends at once.
  onReset: catchUp,
  onState: ({ status }) => console.log(status),
});
// #endregion bot

const { error } = await listening.ended;
fail(error?.message ?? 'stopped');

// Decides about comments before they are public, with the function of a module: judge.mjs, or the publisher's own.
// STANDFIRST_TOKEN=sf_… STANDFIRST_WEBHOOK_SECRET=whsec_… node examples/moderation-hook/adapter.mjs [ADDRESS] [PORT] [MODULE]
import { createServer } from 'node:http';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { Webhook } from 'standardwebhooks';

const [address = 'http://127.0.0.1:4000', port = '8090', module] = process.argv.slice(2);
const token = process.env.STANDFIRST_TOKEN ?? fail('STANDFIRST_TOKEN is missing');
const webhook = new Webhook(
  process.env.STANDFIRST_WEBHOOK_SECRET ?? fail('STANDFIRST_WEBHOOK_SECRET is missing'),
);
const { judge } = await import(module ? pathToFileURL(resolve(module)).href : './judge.mjs');

function fail(message) {
  console.error(message);
  process.exit(1);
}

const maxBytes = 4 << 20;

async function bodyOf(request) {
  const chunks = [];
  let size = 0;
  for await (const chunk of request) {
    if ((size += chunk.length) > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

// #region hook
const mutation = `mutation Verdict($decision: CommentDecisionInput!) {
  decideComments(input: { decisions: [$decision] }) { results { userErrors { code } } userErrors { code } } }`;

/** Sends a verdict, again if it fails in passing. @returns the code of a refusal; undefined: it counts */
async function send(decision, signal) {
  for (;;) {
    try {
      const response = await fetch(`${address}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
        body: JSON.stringify({ query: mutation, variables: { decision } }),
        signal,
      });
      const { data, errors } = await response.json();
      if (errors) throw Object.assign(new Error(errors[0].message), errors[0].extensions);
      const { results, userErrors } = data.decideComments;
      return [...userErrors, ...results.flatMap((result) => result.userErrors)][0]?.code;
    } catch (error) {
      signal.throwIfAborted();
      if (![undefined, 'RATE_LIMITED', 'UNAVAILABLE'].includes(error.code)) throw error;
      await sleep(1000 * (error.retryAfterSeconds ?? 1), undefined, { signal });
    }
  }
}

/**
 * Takes one delivery. It is accepted once the verdict counts, or none is wanted any more. Whatever happens before that, a crash too,
 * the service delivers it again: nothing is kept here, and a verdict that is sent twice is one decision.
 * @returns the status of the answer
 */
async function take(body, headers) {
  try {
    // The signature over the bytes as they came, and a timestamp of the last five minutes.
    webhook.verify(body, headers);
  } catch {
    return 401;
  }
  const { item, commentId } = JSON.parse(body).data.moderationEvents;
  // It was decided, taken back or erased since, something else holds it, or a moderator has it already.
  if (item?.hookState !== 'ASKED' && item?.hookState !== 'UNANSWERED') return 204;
  // The service waits 15 seconds for the answer.
  const signal = AbortSignal.timeout(12_000);
  const verdict = await judge(item, { signal });
  const refused = await send({ commentId, expectedRevision: item.revision, ...verdict }, signal);
  console.log(commentId, verdict.verdict, refused ?? 'counts');
  switch (refused) {
    // It counts; or there is nothing left to decide. Of a new text the service asks anew.
    case undefined:
    case 'ALREADY_DECIDED':
    case 'STALE_REVISION':
    case 'NOT_FOUND':
    case 'COMMENT_REMOVED':
    case 'WRONG_STATUS':
      return 204;
    // The comment that it answers has vanished: it cannot become public. Or `judge` has returned what is no verdict.
    case 'PARENT_REMOVED':
    case 'INVALID_INPUT':
    case 'BAD_USER_INPUT':
    case 'TOO_LONG':
    case 'EMPTY_TEXT':
      await send({ commentId, expectedRevision: item.revision, verdict: 'ESCALATE' }, signal);
      return 204;
    // A moderator works on it, and decides most likely: it is delivered again.
    case 'CLAIMED':
      return 409;
    default:
      throw new Error(`refused with ${refused}`);
  }
}
// #endregion hook

async function answer(request) {
  if (request.method !== 'POST') return 405;
  const body = await bodyOf(request);
  return body === undefined ? 413 : take(body, request.headers);
}

const server = createServer((request, response) => {
  answer(request)
    .catch((error) => {
      console.error(error.message);
      return 500;
    })
    .then((status) => response.writeHead(status).end());
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${server.address().port}/`));
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));

import { setTimeout as sleep } from 'node:timers/promises';
import type { Attack } from './attack.ts';
import type { Attackers } from './attackers.ts';
import { series } from './documents.ts';

/** How long answers are left unread while memory is measured, in milliseconds. */
const unreadMs = { short: 1000, long: 10_000 };
/** Time after which nothing may be held any more for a client that reads nothing, in milliseconds. */
const letGoMs = 30_000;

/** A query for comments of an article, each with the given fields. */
const comments = (articleId: string, fields: string) =>
  `{node(id:"${articleId}"){...on Article{comments(first:100){nodes{${fields}}}}}}`;

const aliases = (count: number, field: string): string => series(count, (index) => `a${index}:${field}`);

/** Answers that are much larger than their cost suggests. */
export const largeAnswers: Attack = {
  title: '100 large comments with 38 aliases of `bodyHtml`, and of the article’s text',
  async send(attackers) {
    const { largeArticle } = attackers.targets;
    for (let round = 0; round < (attackers.isLong ? 3 : 1); round++) {
      const from = attackers.newAddress();
      const queries = [
        comments(largeArticle, aliases(38, 'bodyHtml')),
        comments(largeArticle, aliases(38, 'bodyText')),
        `{node(id:"${largeArticle}"){...on Article{${aliases(38, 'bodyHtml')}}}}`,
        `{nodes(ids:[${series(100, () => `"${largeArticle}"`)}]){...on Article{bodyHtml}}}`,
      ];
      for (const query of queries) await attackers.post(from, { query });
      await attackers.get(from, { query: queries[0] ?? '' });
    }
  },
};

/** A request as bytes on the wire. */
function request(query: string): string {
  const body = JSON.stringify({ query });
  return (
    `POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n` +
    `Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`
  );
}

/**
 * Sends a number of requests on each of several connections of one address, and reads only the beginning of an answer.
 * Keeps all connections open while memory is measured, in the long form until the service holds nothing for them.
 */
async function leaveUnread(attackers: Attackers, query: string, count: number, times: number): Promise<void> {
  const from = attackers.newAddress();
  const text = request(query).repeat(times);
  await Promise.all(
    Array.from({ length: count }, async () => {
      const socket = await attackers.rawConnection(from);
      socket.write(text);
      attackers.countSent(times);
      // Resolves when the answer is being written, or the request was refused.
      await new Promise((resolve) => socket.once('readable', resolve).once('close', resolve));
    }),
  );
  const { form } = attackers.targets;
  await sleep(unreadMs[form]);
  if (form === 'short') return;
  const begun = performance.now();
  let left = await heldBytes(attackers);
  while (left > 0 && performance.now() - begun < letGoMs) {
    await sleep(500);
    left = await heldBytes(attackers);
  }
  attackers.note('let go after s', left > 0 ? 'never' : Math.round((performance.now() - begun) / 1000));
  attackers.expect(left === 0, `${left} bytes are still held for clients that read nothing`);
}

/** Bytes of requests and answers that the service holds. */
async function heldBytes(attackers: Attackers): Promise<number> {
  const { text } = await attackers.send(attackers.newAddress(), { method: 'GET', path: '/metrics' });
  return Number(/^standfirst_held_bytes (\d+)/m.exec(text)?.[1]);
}

/** Answers that are never read. */
export const unreadAnswers: Attack = {
  title: '12 clients that don’t read answers with 38 aliases of `bodyHtml`',
  async send(attackers) {
    const query = comments(attackers.targets.largeArticle, aliases(38, 'bodyHtml'));
    await leaveUnread(attackers, query, 12, 1);
  },
};

/** As `unreadAnswers` without aliases, many on each connection. */
export const unreadPipelines: Attack = {
  title: '50 pipelined requests for large comments on each of 4 connections that don’t read',
  async send(attackers) {
    const query = comments(attackers.targets.largeArticle, 'bodyHtml');
    await leaveUnread(attackers, query, 4, 50);
  },
};

/** As `unreadAnswers` without aliases, one on each of many connections. */
export const unreadConnections: Attack = {
  title: '100 connections of one address that ask for large comments and don’t read',
  async send(attackers) {
    const query = comments(attackers.targets.largeArticle, 'bodyHtml');
    await leaveUnread(attackers, query, 100, 1);
  },
};

/** Data that is read from the database and not selected appears in no answer, but takes memory all the same. */
export const unselectedTexts: Attack = {
  title: '16 requests at once for 38 pages of large comments each, of which only ids are selected',
  async send(attackers) {
    const { largeArticle, deepArticle } = attackers.targets;
    const page = (articleId: string) =>
      `{node(id:"${articleId}"){...on Article{${series(
        38,
        (index) => `a${index}:comments(first:${100 - index}){nodes{id}}`,
      )}}}}`;
    for (let round = 0; round < (attackers.isLong ? 3 : 1); round++) {
      const from = attackers.newAddress();
      const sent = await Promise.all(
        Array.from({ length: 16 }, (_, index) =>
          attackers.post(from, { query: page(index % 4 ? largeArticle : deepArticle) }),
        ),
      );
      attackers.note('refused', sent.filter(({ codes }) => codes.length > 0).length);
    }
  },
};

/** Introspection needs no statement and no row, and its result can be as large as any answer. */
export const introspection: Attack = {
  title: 'Introspection with 3 aliases at each of 4 levels, 12 requests at once',
  async send(attackers) {
    const level = (depth: number): string =>
      depth === 0 ? 'description' : series(3, (index) => `a${index}:fields{type{${level(depth - 1)}}}`);
    const query = `{__schema{types{${level(3)}}}}`;
    for (let round = 0; round < (attackers.isLong ? 3 : 1); round++) {
      const from = attackers.newAddress();
      await Promise.all(Array.from({ length: 12 }, () => attackers.post(from, { query })));
    }
  },
};

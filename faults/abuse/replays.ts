import { setTimeout as sleep } from 'node:timers/promises';
import { decodeEventCursor, encodeEventCursor } from '../../src/platform/events/event-cursor.ts';
import type { Attack } from './attack.ts';
import { pageSubscription } from './live.ts';
import type { AttackSocket } from './attack-socket.ts';
import type { Attackers } from './attackers.ts';
import { series } from './documents.ts';

/** Number of streams of one client on a socket. */
const streamsOfSocket = 20;

/** Duration of an attack, in milliseconds. */
const forMs = { short: 3000, long: 15_000 };

/** Replays the whole log, with forty large texts of each event; different names make different selections. */
const replay = (name: string): string =>
  `subscription($articleId:ID!,$after:EventCursor){articleEvents(articleId:$articleId,after:$after){
    __typename ...on CommentEvent{comment{${series(40, (index) => `t${name}x${index}:bodyHtml`)}}}}}`;

/** The cursor before an article's first event. */
async function beginningOf(attackers: Attackers, articleId: string): Promise<string> {
  const query = `{node(id:"${articleId}"){...on Article{liveCursor}}}`;
  const { text } = await attackers.post(attackers.newAddress(), { query });
  const position = decodeEventCursor(/"liveCursor":"([^"]+)"/.exec(text)?.[1] ?? '');
  if (!position) throw new Error(`There is no cursor in ${text}`);
  return encodeEventCursor({ ...position, sequence: 0 });
}

/** Opens as many replays as one socket allows. */
async function replayAll(attackers: Attackers, from: string, onMessage: () => void): Promise<AttackSocket> {
  const { largeArticle: articleId } = attackers.targets;
  const variables = { articleId, after: await beginningOf(attackers, articleId) };
  const socket = await attackers.socket(from);
  for (let index = 0; index < streamsOfSocket; index++)
    socket.subscribe({ query: replay(`${from.replaceAll('.', '_')}_${index}`), variables }, onMessage);
  attackers.countSent(streamsOfSocket);
  return socket;
}

/** Missed events are rendered for each selection separately, and each rendering costs as much as a new event. */
export const replays: Attack = {
  title: 'Replays of 100 events with 40 aliases of `bodyHtml`, 20 on each of 10 addresses',
  async send(attackers) {
    let messages = 0;
    const addresses = attackers.newAddresses(attackers.isLong ? 10 : 4);
    await Promise.all(addresses.map((from) => replayAll(attackers, from, () => (messages += 1))));
    // Limited, because the whole replay would be gigabytes.
    await sleep(forMs[attackers.targets.form]);
    attackers.note('messages', messages);
  },
};

/** As `replays`, by clients that read nothing. */
export const unreadReplays: Attack = {
  title: 'The same on 40 sockets that don’t read',
  async send(attackers) {
    await Promise.all(
      attackers.newAddresses(10).map(async (from) => {
        for (let each = 0; each < 4; each++) (await replayAll(attackers, from, () => undefined)).pause();
      }),
    );
    await sleep(forMs[attackers.targets.form]);
  },
};

/** Events with small results that require large reads: a page of comments of which only ids are selected. */
export const readingReplays: Attack = {
  title: 'Replays of 100 events that read 60 large comments each, 20 on each of 10 addresses',
  async send(attackers) {
    const { largeArticle: articleId, form } = attackers.targets;
    const variables = { articleId, after: await beginningOf(attackers, articleId) };
    let messages = 0;
    await Promise.all(
      attackers.newAddresses(attackers.isLong ? 10 : 4).map(async (from) => {
        const socket = await attackers.socket(from);
        for (let index = 0; index < streamsOfSocket; index++) {
          const query = `subscription($articleId:ID!,$after:EventCursor){articleEvents(articleId:$articleId,after:$after){
            ...on CommentEvent{comment{article{c${index}:comments(first:${60 + index}){nodes{id}}}}}}}`;
          socket.subscribe({ query, variables }, () => (messages += 1));
        }
        attackers.countSent(streamsOfSocket);
      }),
    );
    await sleep(forMs[form]);
    attackers.note('messages', messages);
  },
};

/** The page's own selection is always accepted, and each of its streams may begin at another position. */
export const knownReplays: Attack = {
  title: 'The page’s own subscription, replayed from 100 positions, 20 on each of 40 sockets',
  async send(attackers) {
    const { largeArticle: articleId, form } = attackers.targets;
    const position = decodeEventCursor(await beginningOf(attackers, articleId));
    if (!position) throw new Error('The beginning is no cursor');
    await Promise.all(
      attackers.newAddresses(10).map(async (from) => {
        for (let each = 0; each < (attackers.isLong ? 4 : 1); each++) {
          const socket = await attackers.socket(from);
          for (let index = 0; index < streamsOfSocket; index++) {
            const after = encodeEventCursor({
              ...position,
              sequence: (each * streamsOfSocket + 7 * index) % 100,
            });
            socket.subscribe({ query: pageSubscription, variables: { articleId, after } }, () => undefined);
          }
          attackers.countSent(streamsOfSocket);
        }
      }),
    );
    await sleep(forMs[form]);
  },
};

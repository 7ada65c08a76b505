/**
 * @database either
 */
import { expect, it } from '@jest/globals';
import WebSocket from 'ws';
import { followThread, openLive } from '../../examples/front-end/live.ts';
import { type Session, SessionKeeper } from '@standfirst/client';
import { useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';

const app = useApp();

it('the live client follows a thread as the signed-in account, with a new token when the old one is refused', async () => {
  // Browsers have a global WebSocket.
  Object.assign(globalThis, { WebSocket });
  const user = await app().signUp('Cy Example');
  const { id, slug } = await app().addArticle();
  const query = 'query ($slug: String!) { article(slug: $slug) { id liveCursor } }';
  const page = (await app().data(query, { slug })).article;
  const url = `${app().url}/graphql`;
  const sessions: (Session | undefined)[] = [];
  const keeper = new SessionKeeper(url, (session) => sessions.push(session));
  const expiresAt = new Date(Date.now() + 3_600_000).toISOString();
  keeper.set({ accessToken: 'worthless', refreshToken: user.refreshToken, expiresAt });
  const live = openLive(url, keeper);
  const seen: string[] = [];
  followThread(live, page, {
    apply: (event) => seen.push(event.__typename === 'CommentAdded' ? (event.comment.bodyHtml ?? '') : ''),
    reload: () => Promise.reject(new Error('There is nothing to load again')),
    showState: (status) => seen.push(status),
  });
  await eventually('the stream to be live', () => seen.includes('live'));
  expect(sessions).toHaveLength(2);
  await app().addComment(user, { articleId: id, body: 'Heard' });
  await eventually('the comment to arrive', () => seen.includes('<p dir="auto">Heard</p>'));
  live.close();
  expect(seen).toEqual([
    'connecting',
    'connecting',
    'catching-up',
    '',
    'live',
    '<p dir="auto">Heard</p>',
    'ended',
  ]);
});

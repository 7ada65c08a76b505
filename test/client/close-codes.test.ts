/**
 * @database either
 */
import { afterAll, afterEach, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createLiveClient, type LiveState } from '@standfirst/client';
import WebSocket, { WebSocketServer } from 'ws';
import { eventually } from '../support/eventually.ts';
import { watchForLeaks } from '../support/leaks.ts';

// Imitates close codes of proxies and other servers that the service never sends: the server closes the first sockets
// with a code, and completes the catch-up on the next one.
let server: WebSocketServer;
let code = 0;
let left = 0;
let asked: (string | undefined)[] = [];
let checkLeaks: () => Promise<void>;

beforeAll(async () => {
  checkLeaks = watchForLeaks();
  server = new WebSocketServer({ port: 0, host: '127.0.0.1', handleProtocols: () => 'graphql-transport-ws' });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { type, id, payload } = JSON.parse(data.toString());
      if (type === 'connection_init') return socket.send('{"type":"connection_ack"}');
      if (type !== 'subscribe') return;
      asked.push(payload.variables.after);
      if (payload.variables.articleId === 'over') return sendLast(socket, id);
      const next = (event: unknown) =>
        socket.send(JSON.stringify({ id, type: 'next', payload: { data: { articleEvents: event } } }));
      next({ __typename: 'CommentAdded', cursor: `after ${asked.length}` });
      if (left-- > 0) socket.close(code, 'as told');
      else next({ __typename: 'ArticleCheckpoint', cursor: 'last' });
    });
  });
});

afterEach(() => {
  asked = [];
});

afterAll(async () => {
  await new Promise((resolve) => server.close(resolve));
  await checkLeaks();
});

const document = `subscription ($articleId: ID!, $after: EventCursor) {
  articleEvents(articleId: $articleId, after: $after) { __typename cursor ... on ArticleReset { resetReason } } }`;

/** Sends an event and the completion after it in one packet. */
function sendLast(socket: WebSocket, id: string): void {
  const { _socket: line } = socket as unknown as { _socket: Socket };
  line.cork();
  const data = { articleEvents: { __typename: 'ArticleUpdated', cursor: 'last' } };
  socket.send(JSON.stringify({ id, type: 'next', payload: { data } }));
  socket.send(JSON.stringify({ id, type: 'complete' }));
  line.uncork();
}

/** @returns the final state, or `live` */
async function listenPast(closeCode: number): Promise<LiveState> {
  [code, left] = [closeCode, 2];
  const { port } = server.address() as AddressInfo;
  const live = createLiveClient({ url: `ws://127.0.0.1:${port}`, webSocketImpl: WebSocket, maxWaitMs: 5 });
  const settled = new Promise<LiveState>((resolve) => {
    const onState = (state: LiveState) => {
      if (state.status === 'live' || state.status === 'ended') resolve(state);
    };
    const ignore = () => undefined;
    live.article({ articleId: 'a', cursor: 'first', document, onEvent: ignore, onReset: ignore, onState });
  });
  const state = await settled;
  live.close();
  return state;
}

it.each([1000, 1001, 1002, 1007, 1011, 1012, 1013, 4408, 4409, 4410, 4429, 4500, 4503, 4999])(
  'the client reconnects after %d, with its last cursor',
  async (closeCode) => {
    expect(await listenPast(closeCode)).toEqual({ status: 'live' });
    expect(asked).toEqual(['first', 'after 1', 'after 2']);
  },
);

it.each([1003, 1008, 1009, 4400, 4401, 4406])('the client fails after %d', async (closeCode) => {
  expect(await listenPast(closeCode)).toMatchObject({
    status: 'ended',
    because: 'failed',
    error: { kind: 'closed', closeCode },
  });
  expect(asked).toEqual(['first']);
});

it('the client keeps the socket for other subscriptions when one stops at an event whose completion came in the same packet', async () => {
  left = 0;
  const { port } = server.address() as AddressInfo;
  const live = createLiveClient({ url: `ws://127.0.0.1:${port}`, webSocketImpl: WebSocket });
  const states: string[] = [];
  const ignore = () => undefined;
  const bystander = live.article({
    articleId: 'a',
    document,
    onReset: ignore,
    onEvent: ignore,
    onState: ({ status }) => states.push(status),
  });
  await eventually('the stream', () => bystander.state.status === 'live');
  for (let round = 0; round < 2; round += 1) {
    const over = live.article({
      articleId: 'over',
      document,
      onReset: ignore,
      onEvent: () => void over.stop(),
    });
    await over.ended;
  }
  // Any effect on the socket has happened by the time that another subscription is answered.
  const last = live.article({ articleId: 'a', document, onReset: ignore, onEvent: ignore });
  await eventually('the answer', () => last.state.status === 'live');
  live.close();
  expect(states).toEqual(['connecting', 'catching-up', 'live', 'ended']);
});

/**
 * @database none
 */
import { afterEach, expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { StockConnection } from '../../faults/clients/stock-connection.ts';
import { Subscriber } from '../../faults/clients/subscriber.ts';
import { eventually } from '../support/eventually.ts';

let close: (() => Promise<void>) | undefined;

afterEach(() => close?.());

/** A subscription as the server has received it. */
interface Subscribed {
  readonly socket: WebSocket;
  readonly id: string;
}

/** A server, and a stock client that listens to it. */
async function open() {
  const subscribed: Subscribed[] = [];
  const server = new WebSocketServer({
    port: 0,
    host: '127.0.0.1',
    handleProtocols: () => 'graphql-transport-ws',
  });
  await once(server, 'listening');
  server.on('connection', (socket) => {
    socket.on('message', (data: Buffer) => {
      const { type, id } = JSON.parse(data.toString()) as { type: string; id: string };
      if (type === 'connection_init') socket.send('{"type":"connection_ack"}');
      if (type === 'ping') socket.send('{"type":"pong"}');
      if (type === 'subscribe') subscribed.push({ socket, id });
    });
  });
  const subscriber = new Subscriber({
    name: 'it',
    articleId: '1',
    onLatency: () => undefined,
    loadPage: () => Promise.resolve([]),
  });
  const { port } = server.address() as AddressInfo;
  const connection = new StockConnection({
    subscriber,
    url: () => `ws://127.0.0.1:${port}`,
    random: () => 0,
    keepAliveMs: 50,
  });
  close = async () => {
    connection.offline();
    for (const socket of server.clients) socket.terminate();
    await new Promise((resolve) => server.close(resolve));
  };
  connection.online();
  return { subscribed, subscriber };
}

/** Sends an event, and waits until it was written. */
const send = ({ socket, id }: Subscribed, sequence: number): Promise<void> => {
  const event = { __typename: 'ArticleUpdated', sequence, cursor: `${sequence}`, occurredAt: '2026-01-01' };
  const message = JSON.stringify({ id, type: 'next', payload: { data: { articleEvents: event } } });
  return new Promise((resolve, reject) => {
    socket.send(message, (error) => (error ? reject(error) : resolve()));
  });
};

it('takes nothing from a connection that it has given up, whose peer is silent and comes back', async () => {
  const { subscribed, subscriber } = await open();
  const [first] = await eventually('a subscription', () => subscribed.length > 0 && subscribed);
  // Its pings are not answered any more, nor is its close frame.
  first?.socket.pause();
  const [, second] = await eventually('another one', () => subscribed.length > 1 && subscribed);
  if (!first || !second) throw new Error('There is no subscription');
  await send(first, 1);
  await send(second, 2);
  await eventually('its event', () => subscriber.received.some(({ sequence }) => sequence === 2));
  expect(subscriber.received).toEqual([expect.objectContaining({ type: 'event', sequence: 2 })]);
});

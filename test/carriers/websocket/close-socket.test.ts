/** @database either */
import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import WebSocket, { WebSocketServer } from 'ws';
import { closeReason, sendAway } from '../../../src/carriers/websocket/close-socket.ts';

it('a socket is closed once, however many of its operations ask for it', async () => {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(server, 'listening');
  const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
  const [socket] = (await once(server, 'connection')) as [WebSocket];
  const listening = socket.listenerCount('close');
  for (let operation = 0; operation < 20; operation += 1) sendAway(socket);
  expect(socket.listenerCount('close')).toBe(listening + 1);
  const [code] = (await once(client, 'close')) as [number];
  expect([code, closeReason(socket, 1006)]).toEqual([1013, 1013]);
  await new Promise((resolve) => server.close(resolve));
});

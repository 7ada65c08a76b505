import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';
import { answerParent } from '../../harness/processes/answer-parent.ts';

/*
 * Reference for fan-out: `ws` alone. Every message of a publisher is sent to all subscribers unchanged, as a text
 * frame. No protocol, no authorisation, no cursors, no ordering, no backpressure, and no heartbeat.
 */

const server = createServer();
const sockets = new WebSocketServer({ server, perMessageDeflate: false });
const readers = new Set<WebSocket>();
const kept: Buffer[] = [];

function read(socket: WebSocket): void {
  readers.add(socket);
  socket.on('close', () => readers.delete(socket));
}

sockets.on('connection', (socket, { url }) => {
  socket.on('error', () => socket.terminate());
  switch (url) {
    case '/publish':
      return socket.on('message', (data: Buffer) => {
        for (const reader of readers) reader.send(data, { binary: false });
      });
    case '/keep':
      return socket.on('message', (data: Buffer) => kept.push(data));
    case '/replay':
      for (const data of kept) socket.send(data, { binary: false });
      return read(socket);
    default:
      return read(socket);
  }
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Listening on ws://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
});
process.on('SIGTERM', () => process.exit(0));
answerParent();

/** @database either */
import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { reset } from '../../harness/servers/reset.ts';
import { watchForLeaks } from '../support/leaks.ts';

it.each([
  ['is established', 'ECONNRESET', () => undefined],
  ['is about to end', undefined, (socket: Socket) => socket.end('The last words.')],
])('a connection that %s is closed, and nothing of it is left', async (_, error, before) => {
  const checkLeaks = watchForLeaks();
  const server = createServer((accepted) => accepted.resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const client = connect(port, '127.0.0.1').resume();
  const errors: unknown[] = [];
  client.on('error', ({ code }: NodeJS.ErrnoException) => errors.push(code));
  const [socket] = (await once(server, 'connection')) as [Socket];
  const unconnected = connect(port, '127.0.0.1');
  await once(client, 'connect');
  before(socket);
  const closed = [client, socket, unconnected].map(
    (each) => new Promise((resolve) => each.once('close', resolve)),
  );
  reset(socket);
  reset(unconnected);
  await Promise.all(closed);
  expect(errors).toEqual(error === undefined ? [] : [error]);
  server.close();
  await checkLeaks();
});

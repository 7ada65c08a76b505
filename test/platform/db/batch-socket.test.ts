/**
 * @database either
 */
import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { once } from 'node:events';
import { type AddressInfo, createServer, Socket } from 'node:net';
import pg, { type Client } from 'pg';
import { sendInGroup } from '../../../src/platform/db/statement-group.ts';
import { BatchSocket } from '../../../src/platform/db/batch-socket.ts';
import { serverUrl } from '../../support/database.ts';

type Write = (this: Socket, ...args: never[]) => void;

/** The calls by which sockets of the database pass bytes to the system. */
function watchWrites(): { readonly chunks: number[] } {
  const chunks: number[] = [];
  const watch = (name: '_write' | '_writev', sizeOf: (data: unknown) => number): void => {
    const prototype = Socket.prototype as unknown as Record<string, Write>;
    const real = prototype[name] as Write;
    jest.spyOn(prototype, name).mockImplementation(function (this: Socket, ...args) {
      if (this instanceof BatchSocket) chunks.push(sizeOf(args[0]));
      return Reflect.apply(real, this, args);
    });
  };
  watch('_write', () => 1);
  watch('_writev', (data) => (data as unknown[]).length);
  return { chunks };
}

afterEach(() => {
  jest.restoreAllMocks();
});

describe('a socket to the database', () => {
  it('sends what is written in one turn of the event loop together', async () => {
    const server = createServer((socket) => socket.pipe(socket)).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const socket = new BatchSocket();
    socket.connect((server.address() as AddressInfo).port, '127.0.0.1');
    await once(socket, 'connect');
    const { chunks } = watchWrites();
    // As the driver writes two statements and the end of a group.
    for (const statement of ['a', 'b']) {
      socket.cork();
      socket.write(`${statement}1`);
      socket.write(`${statement}2`);
      socket.uncork();
    }
    socket.write('end');
    expect(chunks).toEqual([]);
    let received = '';
    for await (const data of socket) {
      received += String(data);
      if (received.endsWith('end')) break;
    }
    expect(received).toBe('a1a2b1b2end');
    expect(chunks).toEqual([5]);
    server.close();
  });

  it('takes the statements of a group, and their end, in one call', async () => {
    const stream = () => new BatchSocket();
    const options = { connectionString: serverUrl(), pipeline: true, stream };
    const client: Client = new pg.Client(options);
    await client.connect();
    const group = () =>
      Promise.all(
        ['SELECT 1', 'SELECT 2', 'SELECT 3'].map((text) => sendInGroup(client, { text, name: text })),
      );
    // The second time they are prepared, and their columns known.
    await group();
    const { chunks } = watchWrites();
    await group();
    await client.end();
    // To bind and to execute each of them, and the end; and the end of the connection.
    expect(chunks).toEqual([7, 1]);
  });
});

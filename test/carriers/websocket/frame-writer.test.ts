/** @database either */
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebSocket, WebSocketServer } from 'ws';
import { FrameWriter } from '../../../src/carriers/websocket/frame-writer.ts';
import { eventually } from '../../support/eventually.ts';

/** The server's side of a WebSocket, and the messages that its client received. */
interface Line {
  readonly stream: Socket;
  readonly client: WebSocket;
  readonly messages: { id: string; payload: string }[];
}

const headOf = (id: string): Buffer => Buffer.from(`{"id":${JSON.stringify(id)},"payload":`);
const payloadOf = (text: string): Buffer => Buffer.from(JSON.stringify(text));

describe('FrameWriter', () => {
  const server = createServer();
  const sockets = new WebSocketServer({ server });
  const lines: Line[] = [];
  let writer: FrameWriter;

  beforeEach(async () => {
    writer = new FrameWriter();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
  });

  afterEach(async () => {
    for (const { client, stream } of lines.splice(0)) {
      client.terminate();
      stream.destroy();
    }
    server.close();
    await once(server, 'close');
  });

  async function open(): Promise<Line> {
    const connected = once(sockets, 'connection') as Promise<[WebSocket, IncomingMessage]>;
    const client = new WebSocket(`ws://127.0.0.1:${(server.address() as AddressInfo).port}`);
    const messages: Line['messages'] = [];
    client.on('message', (data: Buffer) => messages.push(JSON.parse(data.toString())));
    const [, { socket: stream }] = await connected;
    await once(client, 'open');
    const line = { stream, client, messages };
    lines.push(line);
    return line;
  }

  it.each([0, 10, 90, 200, 70_000])(
    'writes a payload of %i characters to many connections, with a head for each',
    async (size) => {
      const payload = payloadOf('x'.repeat(size));
      const all = [await open(), await open(), await open()];
      const ids = ['one', 'two', 'another'];
      for (const [index, { stream }] of all.entries()) writer.write(stream, headOf(ids[index]!), payload);
      for (const [index, { messages }] of all.entries()) {
        await eventually('the message', () => messages.length === 1);
        expect(messages).toEqual([{ id: ids[index], payload: 'x'.repeat(size) }]);
      }
    },
  );

  it('does not overwrite data that a connection has not sent yet', async () => {
    const [slow, quick] = [await open(), await open()];
    slow.client.pause();
    const payload = payloadOf('y'.repeat(60_000));
    let written = 0;
    for (; slow.stream.writableLength === 0; written++) writer.write(slow.stream, headOf('slow'), payload);
    // One stream has data waiting and the other is corked: both buffer the messages.
    for (let more = 0; more < 3; more++, written++) writer.write(slow.stream, headOf('slow'), payload);
    quick.stream.cork();
    for (let count = 0; count < 3; count++) {
      writer.write(quick.stream, headOf('fast'), payload);
      writer.write(slow.stream, headOf('last'), payload);
    }
    quick.stream.uncork();
    slow.client.resume();
    await eventually(
      'all messages',
      () => slow.messages.length === written + 3 && quick.messages.length === 3,
    );
    expect(new Set(quick.messages.map(({ id }) => id))).toEqual(new Set(['fast']));
    expect(slow.messages.map(({ id }) => id)).toEqual([
      ...Array.from({ length: written }, () => 'slow'),
      ...Array.from({ length: 3 }, () => 'last'),
    ]);
  });
});

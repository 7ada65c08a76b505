/** @database either */
import { expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

const service = useApp({ MAX_SOCKETS_PER_ADDRESS: '5' });

it('a stream that is pipelined after another one closes their connection, and every stream is released', async () => {
  const app = service();
  const { id } = await app.addArticle();
  const { hostname, port } = new URL(app.url);
  const query = encodeURIComponent(`subscription { articleEvents(articleId: "${id}") { cursor } }`);
  const request = `GET /graphql/stream?query=${query} HTTP/1.1\r\nHost: ${hostname}\r\nAccept: text/event-stream\r\n\r\n`;
  for (let round = 0; round < 3; round++) {
    const socket = connect(Number(port), hostname);
    let closed = false;
    socket.on('error', () => undefined);
    socket.on('close', () => (closed = true));
    socket.resume();
    socket.write(request.repeat(4));
    await eventually('the connection to be cut', () => closed);
    await eventually('every stream to be released', () => app.app.hub.size.streams === 0);
  }
  // Each stream has released its place: there is room for another one.
  const answer = await fetch(`${app.url}/graphql/stream?query=${query}`, {
    headers: { accept: 'text/event-stream' },
  });
  const reader = answer.body?.getReader();
  const first = Buffer.from((await reader?.read())?.value ?? []).toString();
  expect(answer.status).toBe(200);
  expect(first).toContain('retry:');
  await eventually('the stream to open', () => app.app.hub.size.streams === 1);
  await reader?.cancel();
});

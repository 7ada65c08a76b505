/**
 * @database either
 * @seconds 65
 */
import { expect, it } from '@jest/globals';
import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { useApp } from '../../support/app.ts';
import { fetchStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';

const service = useApp();

/** Sends a query that needs the database, and disconnects before the answer arrives. */
async function askAndLeave(slug: string): Promise<void> {
  const body = JSON.stringify({ query: `{ article(slug: "${slug}") { title bodyHtml } }` });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const asked = request(`${service().url}/graphql`, { method: 'POST', headers, agent: false });
  asked.on('error', () => undefined);
  const left = new Promise((resolve) => asked.once('close', resolve));
  asked.end(body, () => setImmediate(() => asked.destroy()));
  await left;
}

const metric = async (name: string): Promise<number> => {
  const metrics = await (await fetch(`${service().url}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, 'm').exec(metrics)?.[1]);
};

/** Requests an event stream, and disconnects before it starts. */
async function listenAndLeave(articleId: string): Promise<void> {
  const { hostname, port } = new URL(service().url);
  const socket = connect({ host: hostname, port: Number(port) });
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  const query = encodeURIComponent(`subscription { articleEvents(articleId: "${articleId}") { cursor } }`);
  const left = once(socket, 'close');
  socket.write(
    `GET /graphql/stream?query=${query} HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n`,
    () => socket.destroy(),
  );
  await left;
}

it('no event stream stays open, or counted, for clients that leave before it has begun', async () => {
  const { id } = await service().addArticle();
  // Documents with a long validation make requests wait for their turn.
  const tree = (levels: number): string =>
    levels === 0 ? 'id' : `parent { ${tree(levels - 1)} } `.repeat(3).concat('id');
  const long = (name: string) => `query ${name} { node(id: "x") { ... on Comment { ${tree(4)} } } }`;
  for (let round = 0; round < 5; round++)
    await Promise.all([
      ...Array.from({ length: 30 }, (_, index) => service().query(long(`Q${round}x${index}`))),
      ...Array.from({ length: 90 }, () => listenAndLeave(id)),
    ]);
  await eventually('all streams to be gone', async () => (await metric('standfirst_event_streams')) === 0);
  // One address may have a hundred open streams, and none of the previous ones is counted any more.
  const done = new AbortController();
  const query = `subscription { articleEvents(articleId: "${id}") { cursor } }`;
  const streams = await Promise.all(
    Array.from({ length: 100 }, () => fetchStream(service().url, { method: 'POST', query }, done.signal)),
  );
  expect(new Set(streams.map(({ status }) => status))).toEqual(new Set([200]));
  done.abort();
  await eventually('the streams to end', async () => (await metric('standfirst_event_streams')) === 0);
});

it('no bytes are held for clients that leave before they are answered', async () => {
  const { slug } = await service().addArticle();
  for (let round = 0; round < 10; round++)
    await Promise.all(Array.from({ length: 20 }, () => askAndLeave(slug)));
  // The response with the metrics is held as well, but not yet while it is composed.
  await eventually('all bytes to be released', async () => (await metric('standfirst_held_bytes')) === 0);
});

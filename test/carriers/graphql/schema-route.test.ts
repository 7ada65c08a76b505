/** @database either */
import { expect, it } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import { useApp } from '../../support/app.ts';

const service = useApp();
const open = (headers: Record<string, string> = {}) => fetch(`${service().url}/schema.graphql`, { headers });

it('the schema is served as the text of `schema.graphql`, and only once to a client that keeps it', async () => {
  const answer = await open();
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  const committed = await readFile(new URL('../../../schema.graphql', import.meta.url), 'utf8');
  expect(await answer.text()).toBe(committed);
  const again = await open({ 'if-none-match': answer.headers.get('etag') ?? '' });
  expect([again.status, await again.text()]).toEqual([304, '']);
});

it('there is no schema for gateways where the service is no subgraph', async () => {
  expect((await fetch(`${service().url}/subgraph.graphql`)).status).toBe(404);
});

it('a browser reads the schema, and not the page', async () => {
  const answer = await open({ accept: 'text/html' });
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/plain; charset=utf-8']);
  expect(await answer.text()).toContain('type Query');
});

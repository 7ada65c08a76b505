import { expect, it } from '@jest/globals';
import { request } from 'node:http';
import { useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';

const service = useApp();

const heldBytes = async (): Promise<number> => {
  const metrics = await (await fetch(`${service().url}/metrics`)).text();
  return Number(/^standfirst_held_bytes (\d+)/m.exec(metrics)?.[1]);
};

/** Asks for something that the database has to be asked for, and leaves before the answer is there. */
async function askAndLeave(slug: string): Promise<void> {
  const body = JSON.stringify({ query: `{ article(slug: "${slug}") { title bodyHtml } }` });
  const headers = { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) };
  const asked = request(`${service().url}/graphql`, { method: 'POST', headers, agent: false });
  asked.on('error', () => undefined);
  const left = new Promise((resolve) => asked.once('close', resolve));
  asked.end(body, () => setImmediate(() => asked.destroy()));
  await left;
}

it('nothing is held for clients that leave before they are answered', async () => {
  const { slug } = await service().addArticle();
  for (let round = 0; round < 10; round++)
    await Promise.all(Array.from({ length: 20 }, () => askAndLeave(slug)));
  // The answer that says so is held itself, but not while it is made.
  await eventually('all bytes to be given back', async () => (await heldBytes()) === 0);
  expect(await heldBytes()).toBe(0);
});

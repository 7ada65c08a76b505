/** @database either */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { parse } from 'parse5';
import { maxFormBytes } from '../src/page.ts';
import { onDatabase } from '../../../test/support/database.ts';
import { eventually } from '../../../test/support/eventually.ts';
import { PinnedClock } from '../../../test/support/pinned-clock.ts';
import { returnUrl, submitPage, type TestNode, TestNodes } from './test-node.ts';

let nodes: TestNodes;
let node: TestNode;
const clock = new PinnedClock();

beforeAll(async () => {
  nodes = await TestNodes.create();
  node = await nodes.open({ clock });
});
afterAll(() => nodes.close());

async function read(url: string) {
  const response = await fetch(url, { headers: { connection: 'close' } });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

describe('the page of the test provider', () => {
  it('says that no money moves, and what is promised, in a form without scripts', async () => {
    const { url } = await node.setUp();
    const { status, headers, text } = await read(url);
    expect(status).toBe(200);
    expect(text).toContain('<strong>Test mode: no money moves.</strong>');
    expect(text).toContain('You promise €25.00. Nothing is charged now.');
    expect(text).toContain(`<a href="${returnUrl}">Go back</a>`);
    expect(text).not.toContain('<script');
    const problems: string[] = [];
    parse(text, { onParseError: ({ code }) => problems.push(code) });
    expect(problems).toEqual([]);
    expect(text.match(/<label><input type="radio" name="outcome"/g)).toHaveLength(7);
    expect(Object.fromEntries(headers)).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
      'content-security-policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[^']+'; form-action 'self' https:\/\/shop\.example\.org; /,
      ),
    });
  });

  it('shows a text as text', async () => {
    const { url } = await node.setUp(`<img src=x onerror="alert('1')"> & more`);
    expect((await read(url)).text).toContain(
      '&lt;img src=x onerror=&quot;alert(&#39;1&#39;)&quot;&gt; &amp; more',
    );
  });

  it('saves a means of payment once, and leads back', async () => {
    const { url, id } = await node.setUp();
    const saved = await submitPage(url, 'succeeds');
    expect([saved.status, saved.headers.get('location')]).toEqual([303, returnUrl]);
    const state = await node.findSetUp(id);
    expect(state).toMatchObject({
      status: 'complete',
      customer: expect.stringMatching(/^cus_/),
      setup_intent: { payment_method: expect.stringMatching(/^pm_/) },
    });
    const again = await submitPage(url, 'declined');
    expect([again.status, again.headers.get('location')]).toEqual([303, returnUrl]);
    expect(await node.findSetUp(id)).toEqual(state);
    expect((await read(url)).text).toContain('A means of payment has been saved here.');
  });

  it('saves one means of payment when the form is sent twice at the same time', async () => {
    const { url, id } = await node.setUp();
    const submitted = await onDatabase(nodes.database.url, async (client) => {
      await client.query('BEGIN');
      await client.query('SELECT FROM test_provider_object WHERE id = $1 FOR UPDATE', [id]);
      const both = [submitPage(url, 'succeeds'), submitPage(url, 'succeeds')];
      await eventually('both to wait', async () => {
        await client.query('SELECT pg_stat_clear_snapshot()');
        const { rows } = await client.query(
          `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
        );
        return rows.length === 2;
      });
      await client.query('COMMIT');
      return Promise.all(both);
    });
    expect(submitted.map(({ status }) => status)).toEqual([303, 303]);
    const completed = await node.stripe.events.list({ types: ['checkout.session.completed'], limit: 100 });
    const ids = completed.data.map(({ data }) => (data.object as { id?: string }).id);
    expect(ids.filter((each) => each === id)).toHaveLength(1);
  });

  it.each(['', 'constructor', 'everything'])('asks again for an outcome in place of %j', async (outcome) => {
    const { url, id } = await node.setUp();
    const response = await submitPage(url, outcome);
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('<p role="alert">Choose what will happen.</p>');
    expect(await node.findSetUp(id)).toMatchObject({ status: 'open' });
  });

  it('expires after a day', async () => {
    const { url, id } = await node.setUp();
    clock.advance(24 * 3600 + 1);
    expect((await read(url)).text).toContain('This page has expired.');
    expect((await submitPage(url, 'succeeds')).status).toBe(200);
    expect(await node.findSetUp(id)).toMatchObject({ status: 'expired' });
  });

  it('does not exist at other addresses', async () => {
    const { url } = await node.setUp();
    const { origin } = new URL(url);
    for (const path of [
      '/test-provider/',
      '/test-provider/set-up/cs_test_1',
      `/test-provider/set-up/cs_test_${'0'.repeat(32)}`,
      '/test-provider/set-up/%2e%2e',
    ])
      expect((await read(origin + path)).status).toBe(404);
  });

  it('reads no long form, and answers no other method', async () => {
    const { url } = await node.setUp();
    expect((await submitPage(url, 'x'.repeat(maxFormBytes))).status).toBe(413);
    const deleted = await fetch(url, { method: 'DELETE', headers: { connection: 'close' } });
    expect(deleted.status).toBe(405);
  });

  it('can be served by another server', async () => {
    const { url, id } = await node.setUp();
    const { pathname } = new URL(url);
    expect(await node.server.page('GET', pathname, '')).toMatchObject({ status: 200 });
    expect(await node.server.page('POST', pathname, 'outcome=succeeds')).toMatchObject({
      status: 303,
      headers: { location: returnUrl },
    });
    expect(await node.findSetUp(id)).toMatchObject({ status: 'complete' });
  });
});

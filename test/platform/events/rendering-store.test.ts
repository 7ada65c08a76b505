import { describe, expect, it } from '@jest/globals';
import { noExceptions } from '../../../src/platform/auth/viewer.ts';
import type { Queryable } from '../../../src/platform/db/database.ts';
import { Feed } from '../../../src/platform/events/feed.ts';
import { articleLog } from '../../../src/platform/events/log.ts';
import { RenderingMemory, RenderingStore } from '../../../src/platform/events/rendering-store.ts';
import { RenderedItem } from '../../../src/platform/events/rendering.ts';

const epoch = '00000000-0000-0000-0000-000000000001';
const mebibyte = 1024 * 1024;
const nodeBound = 128;
const storeBound = 4;

const emptyLog: Queryable = {
  query: <Row>() => Promise.resolve([{ owner: '1', epoch, sequence: 0, prunedSequence: 0 }] as Row[]),
};
const batch = {};
const shared = {
  rendering: { type: 'payload' as const, bytes: Buffer.alloc(mebibyte), last: false },
  exceptions: noExceptions,
};
const rendered = (sequence: number): RenderedItem =>
  new RenderedItem({ type: 'checkpoint', epoch, log: '1', sequence, at: new Date(0) }, shared, {
    revision: 0,
    renderedAt: performance.now(),
    batch,
  });

async function openFeed(): Promise<Feed> {
  const feed = await Feed.open(emptyLog, '1', { log: articleLog, changeOf: () => 'anything' });
  if (!feed) throw new Error('There is a log');
  return feed;
}

/** Adds a rendered as a group does, after making room for it. */
function add(store: RenderingStore, sequence: number): void {
  store.makeRoom(1);
  store.set(sequence, rendered(sequence));
}

describe('the renderings that a node keeps', () => {
  it('are limited for each group, and the oldest are dropped', async () => {
    const memory = new RenderingMemory();
    const store = new RenderingStore(await openFeed(), memory);
    for (let sequence = 1; sequence <= 20; sequence++) add(store, sequence);
    expect(memory.bytes).toBe((storeBound + 1) * mebibyte);
    expect([store.get(15, batch), store.get(16, batch)?.item]).toMatchObject([undefined, { sequence: 16 }]);
  });

  it('are limited for all groups together, however many groups there are', async () => {
    const memory = new RenderingMemory();
    const feed = await openFeed();
    const stores = Array.from({ length: 3 * nodeBound }, () => new RenderingStore(feed, memory));
    for (let sequence = 1; sequence <= 3; sequence++) for (const store of stores) add(store, sequence);
    expect(memory.bytes).toBe((nodeBound + 1) * mebibyte);
    // The newest renderings stay, for the members that wait for them, whichever store they belong to.
    const left = stores.map((store) => store.get(3, batch) !== undefined);
    expect(left).toEqual(stores.map((_, index) => index >= stores.length - nodeBound - 1));
    for (const store of stores) store.close();
    expect(memory.bytes).toBe(0);
  });
});

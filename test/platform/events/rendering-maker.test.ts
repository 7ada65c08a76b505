/** @database either */
import { expect, it } from '@jest/globals';
import { noExceptions } from '../../../src/platform/auth/viewer.ts';
import type { LogEvent } from '../../../src/platform/events/event.ts';
import type { Feed } from '../../../src/platform/events/feed.ts';
import { RenderingMaker } from '../../../src/platform/events/rendering-maker.ts';
import { RenderingMemory } from '../../../src/platform/events/rendering-store.ts';
import type { Renderer, RenderPermit } from '../../../src/platform/events/rendering.ts';
import type { Reader } from '../../../src/platform/events/pending.ts';
import { eventually } from '../../support/eventually.ts';

const event = (sequence: number): LogEvent => ({
  log: '1',
  sequence,
  kind: 'COMMENT_ADDED',
  subjectId: String(sequence),
  detail: null,
  idempotencyKey: null,
  occurredAt: new Date(0),
});

const feed = {
  key: '1',
  epoch: '00000000-0000-0000-0000-000000000000',
  head: 100,
  generation: 0,
  revision: 0,
  read: (from: number, to: number) =>
    Promise.resolve(Array.from({ length: to - from + 1 }, (_, index) => event(from + index))),
} as unknown as Feed;

/** A reader that records the outcome of its wait. */
function readerAt(address: string): { reader: Reader; outcomes: string[] } {
  const outcomes: string[] = [];
  const reader: Reader = {
    address,
    changed: () => undefined,
    settled: (_, { type }) => void outcomes.push(type),
  };
  return { reader, outcomes };
}

/** Grants permits for some addresses at once, and for all others when the test says so. */
class Permits {
  readonly made: string[] = [];
  readonly waiting: { grant: (permit: RenderPermit) => void; refuse: (error: Error) => void }[] = [];
  open = 0;
  readonly reported: unknown[] = [];
  readonly renderer: Renderer;

  constructor(free: ReadonlySet<string>) {
    this.renderer = {
      batchSize: 1,
      permit: (addresses) => {
        const client = [...addresses].find((address) => free.has(address));
        if (client !== undefined) return this.grant(client);
        return new Promise<RenderPermit>((grant, refuse) => this.waiting.push({ grant, refuse }));
      },
      renderShared: (items, { client }) => {
        this.made.push(client);
        const rendering = { type: 'payload', bytes: Buffer.from('{}'), last: false } as const;
        return Promise.resolve(items.map(() => ({ rendering, exceptions: noExceptions })));
      },
      renderFor: () => Promise.reject(new Error('Not used')),
      visibility: () => Promise.reject(new Error('Not used')),
      isVisibleTo: () => Promise.reject(new Error('Not used')),
      report: (error) => void this.reported.push(error),
    };
  }

  grant(client: string): RenderPermit {
    this.open += 1;
    return { client, release: () => void (this.open -= 1) };
  }
}

it('batches that wait for a permit do not hold up batches that have one', async () => {
  const permits = new Permits(new Set(['192.0.2.2']));
  const maker = new RenderingMaker(feed, permits.renderer, new RenderingMemory());
  const waiters = Array.from({ length: 20 }, () => readerAt('192.0.2.1'));
  for (const [index, { reader }] of waiters.entries()) maker.make(index + 1, [reader]);
  const victim = readerAt('192.0.2.2');
  maker.make(100, [victim.reader]);
  await eventually('the newest event to be rendered', () => victim.outcomes.length > 0);
  expect(victim.outcomes).toEqual(['made']);
  expect(permits.made).toEqual(['192.0.2.2']);
  for (const { grant } of permits.waiting) grant(permits.grant('192.0.2.1'));
  await eventually('all other events to be rendered', () =>
    waiters.every(({ outcomes }) => outcomes.length > 0),
  );
  expect(new Set(waiters.flatMap(({ outcomes }) => outcomes))).toEqual(new Set(['made']));
  expect(permits.open).toBe(0);
});

it('a reader that joins a batch that waits for a permit brings its own permit', async () => {
  const permits = new Permits(new Set(['192.0.2.2']));
  const maker = new RenderingMaker(feed, permits.renderer, new RenderingMemory());
  const [first, second] = [readerAt('192.0.2.1'), readerAt('192.0.2.2')];
  maker.make(7, [first.reader]);
  maker.make(7, [second.reader]);
  await eventually('the event to be rendered', () => first.outcomes.length > 0);
  expect([first.outcomes, second.outcomes]).toEqual([['made'], ['made']]);
  expect(permits.made).toEqual(['192.0.2.2']);
  // A permit that is granted too late is released at once.
  permits.waiting[0]!.grant(permits.grant('192.0.2.1'));
  await eventually('both permits to be released', () => permits.open === 0);
});

it('a batch without any permit fails, and can be requested again', async () => {
  const permits = new Permits(new Set());
  const maker = new RenderingMaker(feed, permits.renderer, new RenderingMemory());
  const first = readerAt('192.0.2.1');
  maker.make(7, [first.reader]);
  permits.waiting[0]!.refuse(new Error('It took too long'));
  await eventually('the wait to end', () => first.outcomes.length > 0);
  expect(first.outcomes).toEqual(['failed']);
  const second = readerAt('192.0.2.1');
  maker.make(7, [second.reader]);
  permits.waiting[1]!.grant(permits.grant('192.0.2.1'));
  await eventually('the event to be rendered', () => second.outcomes.length > 0);
  expect([second.outcomes, permits.open]).toEqual([['made'], 0]);
});

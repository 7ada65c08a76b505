/** @database either */
import { setImmediate } from 'node:timers/promises';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { describe, expect, it } from '@jest/globals';
import { noExceptions, type Viewer } from '../../../src/platform/auth/viewer.ts';
import type { Queryable } from '../../../src/platform/db/database.ts';
import { encodeEventCursor } from '../../../src/platform/events/event-cursor.ts';
import type { LogEvent } from '../../../src/platform/events/event.ts';
import { Feed } from '../../../src/platform/events/feed.ts';
import { articleLog } from '../../../src/platform/events/log.ts';
import { RenderingMemory } from '../../../src/platform/events/rendering-store.ts';
import type { Renderer, Rendering } from '../../../src/platform/events/rendering.ts';
import { Group } from '../../../src/platform/events/group.ts';
import type { Sink } from '../../../src/platform/events/sink.ts';
import { Subscriber } from '../../../src/platform/events/subscriber.ts';
import { eventually } from '../../support/eventually.ts';

const epoch = '00000000-0000-0000-0000-000000000001';
const start = encodeEventCursor({ epoch, log: '1', sequence: 0 });
const size = 4000;

const viewerOf = (accountId: string): Viewer => ({
  accountId,
  sessionId: '',
  name: '',
  roles: ['READER'],
  suspended: false,
  unconfirmed: false,
});

/** A log in memory. */
class Log implements Queryable {
  length = 0;

  query<Row>(sql: string, [after]: unknown[] = []): Promise<Row[]> {
    const head = { owner: '1', epoch, sequence: this.length, prunedSequence: 0 };
    const events = Array.from({ length: this.length }, (_, index): LogEvent => ({
      log: '1',
      sequence: index + 1,
      kind: 'COMMENT_ADDED',
      subjectId: String(index + 1),
      detail: null,
      idempotencyKey: null,
      occurredAt: new Date(0),
    }));
    const rows = sql.includes('article_counter') ? [head] : events.slice(Number(after));
    return Promise.resolve(rows as Row[]);
  }
}

/** A renderer that renders every event differently for every account. */
class Apart implements Renderer {
  readonly batchSize = 32;
  failing = false;
  /** Whether the article is visible; shared renderings say so in time, unlike the feed. */
  visible = true;
  /** Whether permits for addresses are granted. */
  granting = true;
  made = 0;
  checks = 0;
  /** Renderings for single accounts. */
  readonly own: WeakRef<Buffer>[] = [];

  permit: Renderer['permit'] = (addresses) =>
    this.granting || [...addresses].length === 0
      ? { client: 'everybody', release: () => undefined }
      : new Promise(() => undefined);

  renderShared: Renderer['renderShared'] = (items) =>
    Promise.resolve(
      items.map(({ type }) => ({
        rendering: this.visible
          ? this.#payload()
          : { type: 'withdrawn' as const, errors: [new Error('Gone')] },
        exceptions: !this.visible ? noExceptions : type === 'event' ? ('all' as const) : noExceptions,
      })),
    );

  renderFor: Renderer['renderFor'] = () => {
    this.made += 1;
    if (this.failing) return Promise.resolve({ type: 'failed' });
    const payload = this.#payload();
    if (payload.type === 'payload') this.own.push(new WeakRef(payload.bytes));
    return Promise.resolve(payload);
  };

  visibility: Renderer['visibility'] = async () => {
    this.checks += 1;
    await setImmediate();
    return { visible: this.visible, exceptions: noExceptions };
  };

  isVisibleTo: Renderer['isVisibleTo'] = () => Promise.resolve(true);

  report: Renderer['report'] = () => undefined;

  #payload(): Rendering {
    return { type: 'payload', bytes: Buffer.alloc(size), last: false };
  }
}

async function open() {
  const log = new Log();
  const feed = await Feed.open(log, '1', { log: articleLog, changeOf: () => 'nothing' });
  if (!feed) throw new Error('There is a log');
  const renderer = new Apart();
  const memory = new RenderingMemory();
  const group = new Group(feed, renderer, memory, { address: '', isKnown: false });
  const happen = async (): Promise<void> => {
    log.length += 1;
    await feed.catchUp(log.length);
  };
  const listen = (accountId: string, after: string | undefined) => {
    const got = { renderings: 0, givenUp: false, errors: [] as readonly Error[] };
    const sink: Sink = {
      writable: true,
      onceWritable: () => undefined,
      send: () => void (got.renderings += 1),
      bundle: (write) => write(),
      isBlocked: () => false,
      end: (errors) => void (got.errors = errors ?? []),
      giveUp: () => void (got.givenUp = true),
    };
    const viewer = viewerOf(accountId);
    const options = { after, maxReplay: 1000, viewer, address: '192.0.2.1', sink, onEnd: () => undefined };
    new Subscriber(feed, group, options).changed();
    return got;
  };
  return { group, renderer, memory, happen, listen };
}

describe('the rendering of an event for one account', () => {
  it('is made again after it failed', async () => {
    const { renderer, happen, listen } = await open();
    await happen();
    renderer.failing = true;
    const first = listen('7', start);
    await eventually('the connection to be given up', () => first.givenUp);
    renderer.failing = false;
    const second = listen('7', start);
    await eventually('the event and a checkpoint', () => second.renderings === 2);
    expect(renderer.made).toBe(2);
  });

  it('is made once for all connections of the account that wait for the event', async () => {
    const { group, renderer, happen, listen } = await open();
    const all = Array.from({ length: 5 }, () => listen('7', start));
    await eventually('a checkpoint on every connection', () =>
      all.every(({ renderings }) => renderings === 1),
    );
    let waiting = 0;
    const requestOwn = group.requestOwn.bind(group);
    group.requestOwn = (...args) => {
      waiting += 1;
      return requestOwn(...args);
    };
    const { renderFor } = renderer;
    renderer.renderFor = async (...args) => {
      await eventually('all to wait', () => waiting === all.length);
      return renderFor(...args);
    };
    await happen();
    await eventually('the event', () => all.every(({ renderings }) => renderings === 2));
    expect(renderer.made).toBe(1);
  });

  it('is not kept, however many accounts there are, and no rendering is kept once all have left', async () => {
    const { group, memory, renderer, happen, listen } = await open();
    const all = Array.from({ length: 50 }, (_, n) => listen(String(n), start));
    for (let event = 1; event <= 40; event++) {
      await happen();
      await eventually('the event', () => all.every(({ renderings }) => renderings === event + 1));
    }
    setFlagsFromString('--expose-gc');
    const collect = runInNewContext('gc') as () => void;
    const left = () => renderer.own.filter((payload) => payload.deref() !== undefined).length;
    await setImmediate();
    collect();
    await setImmediate();
    expect(renderer.own).toHaveLength(2000);
    expect(left()).toBeLessThan(100);
    expect(group.bytesAfter(0)).toBe(40 * size);
    expect(memory.bytes).toBe(40 * size);
    group.close();
    expect(memory.bytes).toBe(0);
  });
});

describe('a subscriber', () => {
  it('receives checkpoints while the permits of all clients are used up', async () => {
    const { renderer, listen } = await open();
    renderer.granting = false;
    const first = listen('7', undefined);
    await eventually('the checkpoint', () => first.renderings === 1);
  });

  it('ends once the article is invisible; subscribers that ask at the same time share the check', async () => {
    const { renderer, happen, listen } = await open();
    const all = Array.from({ length: 50 }, (_, n) => listen(String(n), start));
    await eventually('the checkpoints', () => all.every(({ renderings }) => renderings === 1));
    renderer.visible = false;
    await happen();
    await eventually('the end', () => all.every(({ errors }) => errors.length === 1));
    // One for those of each turn of the event loop: a busy machine may need a few for all fifty.
    expect(renderer.checks).toBeLessThan(10);
  });

  it('receives an event anew that was rendered while the article was invisible', async () => {
    const { renderer, happen, listen } = await open();
    const listener = listen('7', start);
    await eventually('the checkpoint', () => listener.renderings === 1);
    renderer.visible = false;
    const shared = renderer.renderShared;
    renderer.renderShared = (...args) => {
      const rendered = shared(...args);
      renderer.visible = true;
      renderer.renderShared = shared;
      return rendered;
    };
    await happen();
    await eventually('the event', () => listener.renderings === 2);
    expect(listener.errors).toEqual([]);
  });
});

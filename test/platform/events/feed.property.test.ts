import { afterAll, beforeAll, describe, expect, it, jest } from '@jest/globals';
import fc from 'fast-check';
import type { Queryable } from '../../../src/platform/db/database.ts';
import { type Bus, Listeners, type HintListener } from '../../../src/platform/events/bus.ts';
import { decodeEventCursor, encodeEventCursor } from '../../../src/platform/events/event-cursor.ts';
import type { LogEvent, StreamItem } from '../../../src/platform/events/event.ts';
import { type Handle, Hub, type Membership } from '../../../src/platform/events/hub.ts';
import { articleLog } from '../../../src/platform/events/log.ts';
import type {
  Renderer,
  Rendering,
  RenderPermit,
  SharedRendering,
} from '../../../src/platform/events/rendering.ts';
import type { Sink } from '../../../src/platform/events/sink.ts';
import { noExceptions, type Viewer } from '../../../src/platform/auth/viewer.ts';

// The only test with a fake database. The fake database answers when the test says so, in any order, so that the test
// reaches every interleaving of reads, commits, hints, polls and subscribers. It recognises the two statements of a
// feed by their tables.

const articleId = '1';
const headPollMs = 1000;
const maxReplay = 400;
const maxTail = 40;

/** Lets everything that is due run. */
const settle = () => new Promise<void>((resolve) => setImmediate(resolve));

/** An item that was sent to a client, the account that it was rendered for, and the rights of its group. */
interface Sent {
  readonly item: StreamItem;
  readonly account: string | null;
  readonly rights: string;
}

/** Every third event has a rendering of its own for some accounts. */
const isApart = (item: StreamItem, account: string): boolean =>
  item.type === 'event' && item.event.sequence % 3 === 0 && Number(account) % 2 === 0;
const accounts = ['1', '2', '3', '4'] as const;

/** One statement under way: it sees the log at the time when it runs, and is answered some time later. */
interface Statement {
  run(): void;
  answer(): void;
  fail(): void;
}

/** The log of one article, and its counter. */
class FakeLog implements Queryable {
  readonly pending: Statement[] = [];
  events: LogEvent[] = [];
  head = 0;
  /** The largest sequence number ever. */
  top = 0;
  pruned = 0;
  /** Incremented when a backup is restored. */
  restores = 0;
  renderFailures = 0;
  /** Whether statements fail at this step. */
  failing = false;

  get epoch(): string {
    return `00000000-0000-4000-8000-${String(this.restores).padStart(12, '0')}`;
  }

  append(): number {
    this.head += 1;
    this.top = Math.max(this.top, this.head);
    this.events.push({
      log: articleId,
      sequence: this.head,
      kind: 'COMMENT_ADDED',
      // Names the log of the event: after a restore, the same number stands for another event.
      subjectId: `${this.restores}:${this.head}`,
      detail: null,
      idempotencyKey: null,
      occurredAt: new Date(0),
    });
    return this.head;
  }

  prune(upTo: number): void {
    this.pruned = Math.max(this.pruned, upTo);
    this.events = this.events.filter(({ sequence }) => sequence > this.pruned);
  }

  restore(to: number): void {
    this.restores += 1;
    this.head = Math.max(this.pruned, to);
    this.events = this.events.filter(({ sequence }) => sequence <= this.head);
  }

  /** Resolves when the test says so, like a statement. */
  async work<T>(result: T): Promise<T> {
    await this.query('FROM nothing');
    return result;
  }

  query<Row>(statement: string, values: readonly unknown[] = []): Promise<Row[]> {
    const read = statement.includes('FROM article_event')
      ? () => this.#selectEvents(values as [number, number, string])
      : statement.includes('FROM nothing')
        ? () => []
        : () => this.#selectHeads(values as [string[]]);
    return new Promise((resolve, reject) => {
      let rows: unknown[] | undefined;
      this.pending.push({
        run: () => (rows ??= read()),
        answer: () => resolve((rows ?? read()) as Row[]),
        fail: () => reject(new Error('Connection terminated')),
      });
    });
  }

  #selectEvents([after, limit, id]: [number, number, string]): LogEvent[] {
    return this.events.filter((event) => event.log === id && event.sequence > after).slice(0, limit);
  }

  #selectHeads([ids]: [string[]]): unknown[] {
    const head = { owner: articleId, epoch: this.epoch, sequence: this.head, prunedSequence: this.pruned };
    return ids.includes(articleId) ? [head] : [];
  }
}

/** A bus whose hints arrive when, and as often as, the test says. */
class FakeBus implements Bus {
  readonly sent: number[] = [];
  readonly listeners = new Listeners();

  hint(_articleId: string, sequence: number): void {
    this.sent.push(sequence);
  }

  watch(id: string, listener: HintListener): () => void {
    this.listeners.add(id, listener);
    return () => this.listeners.remove(id, listener);
  }

  connected(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}

/** Renders items as a description of themselves, when the test lets it. */
class FakeRenderer implements Renderer {
  readonly batchSize = 4;
  readonly #log: FakeLog;
  readonly #rights: string;
  /** Permits that were granted and not yet released. */
  permits = 0;

  constructor(log: FakeLog, rights: string) {
    this.#log = log;
    this.#rights = rights;
  }

  async permit(): Promise<RenderPermit> {
    await this.#log.work(undefined).catch((error: unknown) => {
      this.#log.renderFailures += 1;
      throw error;
    });
    this.permits += 1;
    return { client: 'everybody', release: () => (this.permits -= 1) };
  }

  async renderShared(items: readonly StreamItem[]): Promise<SharedRendering[]> {
    const made = await this.#make(null, items);
    return made.map((rendering, index) => ({
      rendering,
      exceptions: new Set(accounts.filter((account) => items[index] && isApart(items[index], account))),
    }));
  }

  async renderFor(viewer: Viewer | null, item: StreamItem): Promise<Rendering> {
    const [made] = await this.#make(viewer?.accountId ?? null, [item]);
    return made ?? { type: 'failed' };
  }

  visibility() {
    return Promise.resolve({ visible: true, exceptions: noExceptions });
  }

  isVisibleTo(): Promise<boolean> {
    return Promise.resolve(true);
  }

  report(): void {}

  #make(account: string | null, items: readonly StreamItem[]): Promise<Rendering[]> {
    const made = items.map((item): Rendering => {
      const sent: Sent = { item, account, rights: this.#rights };
      return { type: 'payload', bytes: Buffer.from(JSON.stringify(sent)), last: false };
    });
    return this.#log.work(made).catch(() => {
      this.#log.renderFailures += 1;
      return items.map(() => ({ type: 'failed' }) as const);
    });
  }
}

/** One subscriber, which checks every item that it receives against the contract. */
class Reader {
  readonly items: StreamItem[] = [];
  opening = true;
  reading = false;
  over = false;
  overrun = false;
  /** The first violation of the contract; undefined: none. */
  problem: string | undefined;
  /** The last sequence number that the client knows; undefined until it has a cursor. */
  position: number | undefined;
  checkpoints = 0;
  resets = 0;
  /** Number of items that were rendered for this account alone. */
  own = 0;
  /** Whether the stream has caught up since the last start or reset. */
  live = false;

  readonly #log: FakeLog;
  readonly #after: string | undefined;
  readonly #pulses: boolean;
  readonly #account: string;
  /** Head of the log when the subscription began. */
  readonly #headAtStart: number;
  #restoresShown = 0;
  #handle: Handle | undefined;
  #onWritable: (() => void) | undefined;
  /** The present rights; both the old and the new ones during a change, when either is valid. */
  #rights: readonly string[];

  constructor(
    hub: Hub,
    log: FakeLog,
    readonly options: { after: string | undefined; eager: boolean; pulses: boolean; account: string },
  ) {
    const { after, pulses, eager, account } = options;
    this.#log = log;
    this.#after = after;
    this.#pulses = pulses;
    this.#account = account;
    this.#rights = ['a'];
    this.#headAtStart = log.head;
    this.reading = eager;
    const cursor = after === undefined ? undefined : decodeEventCursor(after);
    this.position = cursor?.log === articleId ? cursor.sequence : undefined;
    hub
      .subscribe({ log: articleId, after, sink: this.#sink(), ...this.#membership('a') })
      .then(
        (handle) => {
          this.#handle = handle;
          if (this.over) handle.close();
        },
        () => (this.over = true),
      )
      .finally(() => (this.opening = false));
  }

  /** Reads one item, unless it is already waiting for one; an eager subscriber then continues by itself. */
  pull(): void {
    if (this.reading || this.over) return;
    this.reading = true;
    const wake = this.#onWritable;
    this.#onWritable = undefined;
    wake?.();
  }

  /** The client unsubscribes, or its socket closes. */
  leave(): void {
    this.over = true;
    this.#handle?.close();
  }

  /** Changes the rights of the account. */
  change(rights: string): void {
    if (this.over || !this.#handle || this.#rights.length > 1) return;
    this.#rights = [...this.#rights, rights];
    void this.#handle.change(this.#membership(rights)).then(() => (this.#rights = [rights]));
  }

  #membership(rights: string): Membership {
    return {
      key: rights,
      address: '192.0.2.1',
      viewer: {
        accountId: this.#account,
        sessionId: '',
        name: '',
        roles: [],
        suspended: false,
        unconfirmed: false,
      },
      isKnown: false,
      createRenderer: () => new FakeRenderer(this.#log, rights),
    };
  }

  #sink(): Sink {
    // eslint-disable-next-line @typescript-eslint/no-this-alias
    const reader = this;
    return {
      get writable() {
        return reader.reading;
      },
      onceWritable: (callback) => (this.#onWritable = callback),
      send: (payload) => {
        if (!this.reading) this.#wrong('sent to one that does not read');
        this.reading = this.options.eager;
        if (!this.over) this.#receive(JSON.parse(payload.toString()) as Sent);
      },
      bundle: (write) => write(),
      isBlocked: () => !this.reading,
      end: () => this.#wrong('ended by itself'),
      giveUp: () => this.#giveUp(),
    };
  }

  #receive({ item, account, rights }: Sent): void {
    if (!this.#rights.includes(rights)) this.#wrong(`made for the rights ${rights}`);
    if (account !== (isApart(item, this.#account) ? this.#account : null))
      this.#wrong(`made for the account ${account}`);
    this.own += Number(account !== null);
    this.#take(item);
  }

  /** The connection ends, and its client reconnects. */
  #giveUp(): void {
    if (this.over) return;
    this.over = true;
    // A failed rendering ends the streams of all that need it, for a while; a failed read ends them at once.
    if (this.#log.renderFailures > 0 || this.#log.failing) return;
    this.overrun = true;
    if (!this.live) this.#wrong('ran over while it was replaying');
    else if (this.#log.top - (this.position ?? 0) <= maxTail)
      this.#wrong('ran over without being far behind');
  }

  /** The cursor from which the client would continue. */
  get cursor(): string | undefined {
    const last = this.items.at(-1);
    if (!last) return this.#after;
    const sequence = last.type === 'event' ? last.event.sequence : last.sequence;
    return encodeEventCursor({ epoch: last.epoch, log: articleId, sequence });
  }

  #take(item: StreamItem): void {
    this.items.push(item);
    if (item.type === 'event') this.#takeEvent(item.event, item.epoch);
    else if (item.type === 'checkpoint') {
      this.checkpoints += 1;
      if (this.position === undefined && this.#after !== undefined) this.#wrong('no reset of a bad cursor');
      if (this.live && !this.#pulses) this.#wrong('a second checkpoint');
      if (this.position !== undefined && this.position !== item.sequence) {
        this.#wrong(`a checkpoint at ${item.sequence} behind ${this.position}`);
      }
      this.position = item.sequence;
      this.live = true;
    } else {
      this.resets += 1;
      const first = this.items.length === 1;
      if (!this.#isReason(item.reason, first)) this.#wrong(`reset: ${item.reason}`);
      this.position = item.sequence;
      this.live = false;
    }
  }

  #takeEvent(event: LogEvent, epoch: string): void {
    if (this.position === undefined) this.#wrong('an event before any mark');
    else if (event.sequence !== this.position + 1) this.#wrong(`${event.sequence} behind ${this.position}`);
    this.position = event.sequence;
    // A node learns of a restored backup by the next poll; events that it sends until then are followed by a reset.
    const [of = ''] = event.subjectId?.split(':') ?? [];
    if (epoch === this.#log.epoch && of !== String(this.#log.restores) && this.#log.restores > 0) {
      // Events of the backup are the same under both epochs.
      const kept = this.#log.events.find(({ sequence }) => sequence === event.sequence);
      if (kept && kept.subjectId !== event.subjectId) this.#wrong('an event of another log');
    }
  }

  #isReason(reason: string, first: boolean): boolean {
    const cursor = this.#after === undefined ? undefined : decodeEventCursor(this.#after);
    const restored = this.#log.restores > 0;
    switch (reason) {
      case 'UNKNOWN_CURSOR':
        if (!first || this.#after === undefined) return false;
        return cursor?.log !== articleId || cursor.sequence > this.#headAtStart || restored;
      case 'EPOCH_CHANGED':
        // A node that does not know of a restore yet refuses the new log's cursors once; each restore shows once.
        return first
          ? restored || cursor?.epoch !== this.#log.epoch
          : ++this.#restoresShown <= this.#log.restores;
      case 'EXPIRED':
        // Also on a live stream, when events were pruned before any read.
        return this.position !== undefined && (this.#log.pruned > this.position || restored);
      case 'TOO_MANY':
        return first && cursor !== undefined && this.#log.top - cursor.sequence > maxReplay;
      default:
        return false;
    }
  }

  #wrong(problem: string): void {
    this.problem ??= problem;
  }
}

type Start = 'now' | 'start' | 'garbage' | 'foreign' | 'future' | 'other epoch' | 'last';

type Step =
  | { readonly do: 'append'; readonly count: number; readonly hint: boolean }
  | { readonly do: 'hint'; readonly pick: number; readonly again: boolean }
  | { readonly do: 'run' | 'answer' | 'fail' | 'pull' | 'leave'; readonly pick: number }
  | { readonly do: 'poll' }
  | { readonly do: 'change'; readonly pick: number; readonly rights: string }
  | {
      readonly do: 'subscribe';
      readonly start: Start;
      readonly pick: number;
      readonly eager: boolean;
      readonly account: string;
    }
  | { readonly do: 'prune' | 'restore'; readonly share: number };

const pick = fc.nat(1000);
const is = <Name extends Step['do']>(name: Name) => fc.constant(name);
const one = (name: 'run' | 'answer' | 'fail' | 'pull' | 'leave') =>
  fc.record({ do: fc.constant(name), pick });
const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.record({
        do: is('append'),
        count: fc.integer({ min: 1, max: 3 }),
        hint: fc.boolean(),
      }),
    },
    {
      weight: 1,
      arbitrary: fc.record({
        do: is('append'),
        count: fc.integer({ min: 30, max: 600 }),
        hint: fc.boolean(),
      }),
    },
    { weight: 4, arbitrary: fc.record({ do: is('hint'), pick, again: fc.boolean() }) },
    { weight: 4, arbitrary: one('run') },
    { weight: 10, arbitrary: one('answer') },
    { weight: 1, arbitrary: one('fail') },
    { weight: 5, arbitrary: one('pull') },
    { weight: 1, arbitrary: one('leave') },
    { weight: 3, arbitrary: fc.record({ do: is('poll') }) },
    {
      weight: 4,
      arbitrary: fc.record({
        do: is('subscribe'),
        start: fc.constantFrom<Start>(
          'now',
          'start',
          'start',
          'last',
          'last',
          'garbage',
          'foreign',
          'future',
          'other epoch',
        ),
        pick,
        eager: fc.boolean(),
        account: fc.constantFrom(...accounts),
      }),
    },
    {
      weight: 2,
      arbitrary: fc.record({ do: is('change'), pick, rights: fc.constantFrom('a', 'b') }),
    },
    { weight: 1, arbitrary: fc.record({ do: is('prune'), share: fc.nat(100) }) },
    { weight: 1, arbitrary: fc.record({ do: is('restore'), share: fc.nat(100) }) },
  ),
  { minLength: 5, maxLength: 120, size: 'max' },
);

/** The hub with its whole environment, driven one step at a time. */
class World {
  readonly log = new FakeLog();
  readonly bus = new FakeBus();
  readonly readers: Reader[] = [];
  readonly #pulses: boolean;
  readonly hub: Hub;

  constructor(pulses: boolean) {
    this.#pulses = pulses;
    this.hub = new Hub({
      db: this.log,
      bus: this.bus,
      logOf: () => articleLog,
      changeOf: () => 'nothing',
      headPollMs,
      checkpointMs: pulses ? 1 : 1e12,
      maxReplayEvents: maxReplay,
      maxLiveTailEvents: maxTail,
      maxLiveTailBytes: 1e9,
      maxSelectionsPerArticle: 10,
      onError: () => undefined,
    });
  }

  async take(step: Step): Promise<void> {
    const { log, bus } = this;
    switch (step.do) {
      case 'append':
        for (let done = 0; done < step.count; done++) {
          const sequence = log.append();
          if (step.hint) bus.hint(articleId, sequence);
        }
        break;
      case 'hint': {
        const [index, sequence] = pickOf(bus.sent, step.pick);
        if (sequence === undefined) return;
        if (!step.again) bus.sent.splice(index, 1);
        bus.listeners.call(articleId, sequence);
        break;
      }
      case 'run':
        pickOf(log.pending, step.pick)[1]?.run();
        break;
      case 'answer':
      case 'fail': {
        const [index, statement] = pickOf(log.pending, step.pick);
        log.pending.splice(index, 1);
        log.failing = step.do === 'fail' && statement !== undefined;
        statement?.[step.do]();
        break;
      }
      case 'pull':
        pickOf(this.readers, step.pick)[1]?.pull();
        break;
      case 'leave': {
        const reader = pickOf(this.readers, step.pick)[1];
        await this.#leave(reader);
        break;
      }
      case 'poll':
        jest.advanceTimersByTime(headPollMs);
        break;
      case 'subscribe': {
        const after = this.#cursor(step.start, step.pick);
        const { eager, account } = step;
        this.readers.push(new Reader(this.hub, log, { after, eager, account, pulses: this.#pulses }));
        break;
      }
      case 'change':
        pickOf(this.readers, step.pick)[1]?.change(step.rights);
        break;
      case 'prune':
        log.prune(Math.floor((log.head * step.share) / 100));
        break;
      case 'restore':
        log.restore(Math.floor((log.head * step.share) / 100));
        break;
    }
    await settle();
    log.failing = false;
  }

  /** Runs until nothing is left to do: the last poll is answered, and every subscriber has read all events. */
  async rest(): Promise<void> {
    // Each round answers one statement. An event has a rendering for each rights and for each account apart.
    const mostRounds = 5000 + 10 * this.log.top;
    const answerAll = async () => {
      for (let rounds = 0; rounds < mostRounds; rounds++) {
        for (const reader of this.readers) reader.pull();
        await settle();
        const statement = this.log.pending.shift();
        if (!statement && this.readers.every((reader) => reader.over || reader.reading)) return;
        statement?.answer();
        await settle();
      }
      throw new Error('The streams do not come to rest');
    };
    await answerAll();
    // Two polls, because the first one may wait for a poll that was sent before the last change.
    for (let polls = 0; polls < 2; polls++) {
      jest.advanceTimersByTime(headPollMs);
      await settle();
      await answerAll();
    }
  }

  #leave(reader: Reader | undefined): Promise<void> {
    if (!reader || reader.over) return Promise.resolve();
    const streams = this.hub.size.streams;
    const { opening } = reader;
    reader.leave();
    // The stream is released at once, without waiting for an event or for the answer to a statement.
    if (!opening) expect(this.hub.size.streams).toBe(streams - 1);
    return Promise.resolve();
  }

  #cursor(start: Start, picked: number): string | undefined {
    const { epoch, head } = this.log;
    const at = (sequence: number, id = articleId, of = epoch) =>
      encodeEventCursor({ epoch: of, log: id, sequence });
    switch (start) {
      case 'now':
        return undefined;
      case 'start':
        return at(picked % (head + 1));
      case 'garbage':
        return 'garbage';
      case 'foreign':
        return at(0, '2');
      case 'future':
        return at(head + 1 + picked);
      case 'other epoch':
        return at(0, articleId, '99999999-0000-4000-8000-000000000000');
      case 'last':
        return pickOf(this.readers, picked)[1]?.cursor;
    }
  }
}

function pickOf<T>(list: readonly T[], picked: number): [number, T | undefined] {
  const index = list.length === 0 ? 0 : picked % list.length;
  return [index, list[index]];
}

describe('the hub, its feeds and their streams', () => {
  beforeAll(() => {
    jest.useFakeTimers({ doNotFake: ['setImmediate', 'nextTick', 'queueMicrotask', 'performance', 'Date'] });
  });
  afterAll(() => {
    jest.useRealTimers();
  });

  it('act on a hint that comes while an older read is under way, without waiting for a poll', async () => {
    const world = new World(false);
    const subscribe = { do: 'subscribe', start: 'now', pick: 0, eager: true, account: '1' } as const;
    const append = { do: 'append', count: 1, hint: true } as const;
    const hint = { do: 'hint', pick: 0, again: false } as const;
    const run = { do: 'run', pick: 0 } as const;
    const answer = { do: 'answer', pick: 0 } as const;
    // The read sees only the first event when the hint of the second one arrives.
    const script: Step[] = [subscribe, answer, answer, append, hint, run, append, hint];
    // The rest of the first read, the second read, and the renderings of both.
    script.push(answer, answer, answer, answer, answer);
    for (const step of script) await world.take(step);
    const [reader] = world.readers;
    expect(reader).toMatchObject({ position: 2, live: true, reading: true });
    expect(reader?.problem).toBeUndefined();
    reader?.leave();
    world.hub.close();
  });

  it('reset a stream whose next events were pruned before this node had read them, even if no new event comes', async () => {
    const world = new World(false);
    const script: Step[] = [
      { do: 'subscribe', start: 'now', pick: 0, eager: true, account: '1' },
      { do: 'answer', pick: 0 },
      { do: 'append', count: 3, hint: false },
      { do: 'prune', share: 100 },
    ];
    for (const step of script) await world.take(step);
    await world.rest();
    const [reader] = world.readers;
    expect(reader).toMatchObject({ position: 3, live: true });
    expect(reader?.problem).toBeUndefined();
    expect(reader?.items).toMatchObject([
      { type: 'checkpoint', sequence: 0 },
      { type: 'reset', reason: 'EXPIRED', sequence: 3 },
      { type: 'checkpoint', sequence: 3 },
    ]);
    reader?.leave();
    world.hub.close();
  });

  it('keep the contract under any interleaving', async () => {
    // A failure prints its seed; FC_SEED repeats a run and shrinks what failed, which can take minutes. FC_RUNS sets the number of runs.
    const seed =
      process.env.FC_SEED === undefined ? { endOnFailure: true } : { seed: Number(process.env.FC_SEED) };
    const seen = { events: 0, own: 0, resets: new Map<string, number>(), overruns: 0, checkpoints: 0 };
    await fc.assert(
      fc.asyncProperty(steps, fc.boolean(), async (script, pulses) => {
        const world = new World(pulses);
        for (const step of script) {
          await world.take(step);
          for (const reader of world.readers) expect(reader.problem).toBeUndefined();
        }
        await world.rest();
        for (const reader of world.readers) {
          expect(reader.problem).toBeUndefined();
          if (!reader.over) {
            expect(reader).toMatchObject({ position: world.log.head, live: true, reading: true });
            expect(reader.items.at(-1)?.epoch).toBe(world.log.epoch);
            if (!pulses) expect(reader.checkpoints).toBeLessThanOrEqual(1 + reader.resets);
          }
          seen.overruns += Number(reader.overrun);
          seen.own += reader.own;
          for (const item of reader.items) {
            if (item.type === 'event') seen.events += 1;
            else if (item.type === 'checkpoint') seen.checkpoints += 1;
            else seen.resets.set(item.reason, (seen.resets.get(item.reason) ?? 0) + 1);
          }
        }
        expect(world.hub.size.streams).toBe(world.readers.filter(({ over }) => !over).length);
        for (const reader of world.readers) reader.leave();
        await settle();
        // The feed ends with its last subscriber, and with it the subscription on the bus and the poll.
        expect(world.hub.size).toEqual({ articles: 0, streams: 0, groups: 0 });
        expect(world.bus.listeners.keys()).toEqual([]);
        world.hub.close();
        expect(jest.getTimerCount()).toBe(0);
      }),
      { numRuns: Number(process.env.FC_RUNS ?? 250), ...seed },
    );
    // The scripts must have covered every outcome.
    expect(seen.events).toBeGreaterThan(1000);
    expect(seen.own).toBeGreaterThan(100);
    expect(seen.overruns).toBeGreaterThan(0);
    expect([...seen.resets.keys()].sort()).toEqual([
      'EPOCH_CHANGED',
      'EXPIRED',
      'TOO_MANY',
      'UNKNOWN_CURSOR',
    ]);
  });
});

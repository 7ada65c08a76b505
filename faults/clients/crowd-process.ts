import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { Random } from '../../harness/random.ts';
import type { Logs } from '../check/history.ts';
import { checkPage, checkStream, type ResetRule } from '../check/streams.ts';
import { greedyOperation } from './api.ts';
import type { Connection } from './connection.ts';
import { PlainConnection } from './plain-connection.ts';
import { type RaceOptions, Races } from './races.ts';
import { StockConnection } from './stock-connection.ts';
import { loadSnapshot } from './snapshot.ts';
import { Subscriber } from './subscriber.ts';

/** Subscribers and the URLs that they connect to: each connection picks one at random. */
export interface CrowdOptions {
  readonly name: string;
  readonly seed: number;
  /** URLs of services, without a path. */
  readonly urls: readonly string[];
  /** Articles over which the subscribers are distributed. */
  readonly articleIds: readonly string[];
  /** Number of subscribers with the stock client. */
  readonly stock: number;
  /** Number of subscribers with `PlainConnection`. */
  readonly plain: number;
  /**
   * Number of subscribers, from the first on, that select ten times as much of each event. Their latencies are not
   * recorded.
   */
  readonly greedy?: number;
  /** Interval of pings, in milliseconds; a connection without an answer is considered dead. */
  readonly keepAliveMs?: number;
  /** Access token of all of them; absent: they are not signed in. */
  readonly token?: string;
  /** Regular expression for parts of texts: which of them the subscribers receive is kept. */
  readonly marks?: string;
}

export type CrowdQuestion =
  | { readonly do: 'open'; readonly options: CrowdOptions }
  | { readonly do: 'untilLive'; readonly withinMs: number }
  | { readonly do: 'settle'; readonly heads: Readonly<Record<string, number>>; readonly standstillMs: number }
  | { readonly do: 'check'; readonly asked: CrowdCheck }
  | { readonly do: 'latencies' | 'marks' }
  | { readonly do: 'cut' | 'offline' | 'online' | 'stopReading' | 'read'; readonly share: number }
  | { readonly do: 'race'; readonly options: RaceOptions }
  | { readonly do: 'close' };

/** The expected state of a crowd. */
export interface CrowdCheck {
  readonly logs: Logs;
  readonly resets: ResetRule;
  /** Keys of the comments that each article shows, for subscribers that were reset. */
  readonly listed: Readonly<Record<string, readonly string[]>>;
}

/** Latencies of events since the last call, in milliseconds. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** The result of a crowd. */
export interface CrowdResult {
  readonly faults: readonly string[];
  readonly subscribers: number;
  readonly events: number;
  readonly resets: number;
  /** Number of closes by close code. */
  readonly closes: Readonly<Record<string, number>>;
}

/** On a busy machine a healthy service may take seconds to answer. */
const patientMs = 10_000;

const connections: Connection[] = [];
let latencies = createHistogram();
let random = new Random(0);
const marks = new Set<string>();

const onLatency = (milliseconds: number): void => latencies.record(Math.max(1, Math.round(milliseconds)));

const races = new Races({ random: () => random.next(), keepAliveMs: patientMs, onLatency });

const notMeasured = (): void => undefined;

const socketUrl = (url: string): string => `${url.replace(/^http/, 'ws')}/graphql`;

function open({
  name,
  seed,
  urls,
  articleIds,
  stock,
  plain,
  greedy = 0,
  keepAliveMs = patientMs,
  token,
  marks: pattern,
}: CrowdOptions): void {
  const marked = pattern === undefined ? undefined : new RegExp(pattern, 'g');
  const onData = (data: unknown): void => {
    for (const mark of JSON.stringify(data ?? null).match(marked ?? /$^/g) ?? []) marks.add(mark);
  };
  random = new Random(seed);
  for (let index = 0; index < stock + plain; index++) {
    const articleId = articleIds[index % articleIds.length] ?? '';
    const isGreedy = index < greedy;
    const subscriber = new Subscriber({
      name: `${name}-${index}`,
      articleId,
      onLatency: isGreedy ? notMeasured : onLatency,
      loadPage: async () => (await loadSnapshot(random.pick(urls) ?? '', articleId)).commentIds,
      ...(isGreedy ? { operation: greedyOperation } : {}),
      ...(marked ? { onData } : {}),
    });
    const url = (): string => socketUrl(random.pick(urls) ?? '');
    const options = { subscriber, url, random: () => random.next(), keepAliveMs, token };
    const connection = index < stock ? new StockConnection(options) : new PlainConnection(options);
    connections.push(connection);
    connection.online();
  }
}

/**
 * Waits until all subscribers meet a condition, or nothing has changed for `standstillMs`.
 * @param progress a value that changes while they approach the condition
 */
async function until(
  isThere: (subscriber: Subscriber) => boolean,
  standstillMs: number,
  progress: () => number,
): Promise<{ milliseconds: number; missing: number }> {
  const begun = performance.now();
  let [last, changed] = [progress(), begun];
  for (;;) {
    const missing = connections.filter(({ subscriber }) => !isThere(subscriber)).length;
    const now = performance.now();
    if (progress() !== last) [last, changed] = [progress(), now];
    if (missing === 0 || now - changed > standstillMs) return { milliseconds: now - begun, missing };
    await sleep(20);
  }
}

const never = (): number => 0;
const received = (): number =>
  connections.reduce((sum, { subscriber }) => sum + subscriber.received.length, 0);

function check({ logs, resets, listed }: CrowdCheck): CrowdResult {
  const subscribers = [...connections.map(({ subscriber }) => subscriber), ...races.subscribers];
  const closes: Record<string, number> = {};
  for (const { closes: own } of subscribers)
    for (const [code, times] of own) closes[code] = (closes[code] ?? 0) + times;
  return {
    faults: [
      ...connections.flatMap(({ subscriber: { history, page } }) => [
        ...checkStream(history, logs, resets),
        ...(resets === 'once' ? checkPage(history, page, listed[history.articleId] ?? []) : []),
      ]),
      ...races.check(logs),
    ],
    subscribers: subscribers.length,
    events: subscribers.reduce((sum, { received }) => sum + received.length, 0),
    resets: subscribers.reduce((sum, { resets }) => sum + resets, 0),
    closes,
  };
}

/** The first connections, the same at each call. */
const some = (share: number): Connection[] => connections.slice(0, Math.round(connections.length * share));

function takeLatencies(): Latencies {
  const { count, max } = latencies;
  const taken = { count, p50: latencies.percentile(50), p99: latencies.percentile(99), max: count ? max : 0 };
  latencies = createHistogram();
  return taken;
}

async function answer(question: CrowdQuestion): Promise<unknown> {
  switch (question.do) {
    case 'open':
      return open(question.options);
    case 'untilLive':
      return until(({ isLive }) => isLive, question.withinMs, never);
    case 'settle':
      return until(
        ({ articleId, position }) => position !== undefined && position >= (question.heads[articleId] ?? 0),
        question.standstillMs,
        received,
      );
    case 'check':
      return check(question.asked);
    case 'latencies':
      return takeLatencies();
    case 'marks':
      return [...marks];
    case 'cut':
      return some(question.share).forEach((connection) => connection.cut());
    case 'offline':
      return some(question.share).forEach((connection) => connection.offline());
    case 'online':
      return some(question.share).forEach((connection) => connection.online());
    case 'stopReading':
    case 'read':
      return some(question.share).forEach((connection) => connection.pause(question.do === 'stopReading'));
    case 'race':
      return races.run(question.options);
    case 'close':
      return connections.forEach((connection) => connection.offline());
  }
}

answerParent((question) => answer(question as CrowdQuestion));

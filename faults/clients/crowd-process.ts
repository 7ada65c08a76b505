import { createHistogram } from 'node:perf_hooks';
import { setTimeout as sleep } from 'node:timers/promises';
import { answerParent } from '../../bench/measure/answer-parent.ts';
import { Random } from '../../test/support/random.ts';
import type { Logs } from '../check/history.ts';
import { checkPage, checkStream, type ResetRule } from '../check/streams.ts';
import { greedyOperation } from './api.ts';
import type { Connection } from './connection.ts';
import { PlainConnection } from './plain-connection.ts';
import { type RaceOptions, Races } from './races.ts';
import { StockConnection } from './stock-connection.ts';
import { loadSnapshot } from './snapshot.ts';
import { Subscriber } from './subscriber.ts';

/** Subscribers, and where they connect to: each to any of the addresses, each time anew. */
export interface CrowdOptions {
  readonly name: string;
  readonly seed: number;
  /** Of services, without a path. */
  readonly urls: readonly string[];
  /** Subscribers are dealt out to these. */
  readonly articleIds: readonly string[];
  /** How many use the stock client. */
  readonly stock: number;
  /** How many speak the protocol by hand. */
  readonly plain: number;
  /** How many, the first ones, ask for ten times as much of each event. How soon they get it is not measured. */
  readonly greedy?: number;
  /** How often they ask whether the service is still there, and for how long they wait for an answer. */
  readonly keepAliveMs?: number;
}

export type CrowdQuestion =
  | { readonly do: 'open'; readonly options: CrowdOptions }
  | { readonly do: 'untilLive'; readonly withinMs: number }
  | { readonly do: 'settle'; readonly heads: Readonly<Record<string, number>>; readonly standstillMs: number }
  | { readonly do: 'check'; readonly asked: CrowdCheck }
  | { readonly do: 'latencies' }
  | { readonly do: 'cut' | 'offline' | 'online' | 'stopReading' | 'read'; readonly share: number }
  | { readonly do: 'race'; readonly options: RaceOptions }
  | { readonly do: 'close' };

/** What a crowd's lists are held against. */
export interface CrowdCheck {
  readonly logs: Logs;
  readonly resets: ResetRule;
  /** The keys of the comments that each article shows, for whoever was reset. */
  readonly listed: Readonly<Record<string, readonly string[]>>;
}

/** Milliseconds that events took since they were asked for last. */
export interface Latencies {
  readonly count: number;
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** What became of a crowd. */
export interface CrowdResult {
  readonly faults: readonly string[];
  readonly subscribers: number;
  readonly events: number;
  readonly resets: number;
  /** How often connections were closed, by code. */
  readonly closes: Readonly<Record<string, number>>;
}

/** On a busy machine a service that is well may take seconds to answer. */
const patientMs = 10_000;

const connections: Connection[] = [];
let latencies = createHistogram();
let random = new Random(0);

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
}: CrowdOptions): void {
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
    });
    const url = (): string => socketUrl(random.pick(urls) ?? '');
    const options = { subscriber, url, random: () => random.next(), keepAliveMs };
    const connection = index < stock ? new StockConnection(options) : new PlainConnection(options);
    connections.push(connection);
    connection.online();
  }
}

/**
 * Waits until everybody is there, or nothing has changed for so long.
 * @param progress anything that changes while they get nearer
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

/** The first ones: the same at each call. */
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

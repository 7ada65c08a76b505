import { setTimeout as sleep } from 'node:timers/promises';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { byArticle, type Commit } from './commit.ts';
import { LatencyCounts, type Latencies } from './latencies.ts';
import { type Line, Subscriber, Topic } from './subscriber.ts';

/** A subscriber of one article; signed out without a token. */
export interface Listener {
  readonly articleId: string;
  readonly token?: string | undefined;
}

/** A position in an article's log. */
export interface Position {
  readonly cursor: string;
  readonly sequence: number;
}

/** Requests that this process answers. */
export type SubscriberJob =
  /** Opens a group's sockets. Answered when all of them are live. */
  | {
      readonly do: 'open';
      readonly group: string;
      readonly line: Line;
      readonly listeners: readonly Listener[];
    }
  /** Answered, with `Received`, when every subscriber of the group has all of these commits. */
  | { readonly do: 'receive'; readonly group: string; readonly commits: readonly Commit[] }
  /**
   * Disconnects all sockets of a group and reconnects at once. Answered when every subscriber has everything up to
   * `last`.
   */
  | {
      readonly do: 'return';
      readonly group: string;
      readonly line: Line;
      /** The position that they resume from; undefined: the server sends what it has kept. */
      readonly from?: Position | undefined;
      readonly last: number;
    }
  /** Subscribes to one article from a position on, signed out. Answered with the renderings of `count` events. */
  | {
      readonly do: 'frames';
      readonly line: Line;
      readonly articleId: string;
      readonly from: Position;
      readonly count: number;
    }
  | { readonly do: 'close'; readonly group: string };

/** Deliveries to a group, and their latencies since the commit. */
export interface Received {
  readonly deliveries: number;
  readonly all: Latencies;
  /** For the first third of the events, and for the last. */
  readonly first: Latencies;
  readonly last: Latencies;
}

interface Group {
  readonly name: string;
  readonly topics: ReadonlyMap<string, Topic>;
  readonly subscribers: readonly Subscriber[];
  readonly faults: string[];
}

/** Sockets that are opened concurrently: fewer than a server accepts from its backlog in one turn of the event loop. */
const openAtOnce = 100;

/** Time after which a missing delivery counts as lost. */
const patienceMs = 300_000;

const groups = new Map<string, Group>();

function groupOf(name: string): Group {
  const group = groups.get(name);
  if (!group) throw new Error(`There is no group ${name}`);
  return group;
}

function requireNoFault({ name, faults }: Group): void {
  if (faults.length > 0) throw new Error(`${name}: ${faults.length} faults, the first: ${faults[0]}`);
}

async function inLanes<T>(items: readonly T[], work: (item: T) => Promise<void>): Promise<void> {
  const left = items.values();
  const lane = async (): Promise<void> => {
    for (const item of left) await work(item);
  };
  await Promise.all(Array.from({ length: openAtOnce }, lane));
}

async function until(group: Group, done: () => boolean): Promise<void> {
  const overdue = performance.now() + patienceMs;
  while (!done()) {
    requireNoFault(group);
    if (performance.now() > overdue) {
      const positions = group.subscribers.map(({ last }) => last ?? 0);
      throw new Error(
        `Not everything has come: positions ${Math.min(...positions)} to ${Math.max(...positions)}`,
      );
    }
    await sleep(10);
  }
  requireNoFault(group);
}

async function open(name: string, line: Line, listeners: readonly Listener[]): Promise<void> {
  const topics = new Map<string, Topic>();
  const faults: string[] = [];
  const subscribers = listeners.map(({ articleId, token }) => {
    const topic = topics.get(articleId) ?? new Topic(articleId);
    topics.set(articleId, topic);
    topic.subscribers += 1;
    return new Subscriber(topic, { token, onFault: (fault) => faults.push(fault) });
  });
  const group = { name, topics, subscribers, faults };
  groups.set(name, group);
  await inLanes(subscribers, (subscriber) => subscriber.open(line));
  requireNoFault(group);
}

async function receive(name: string, commits: readonly Commit[]): Promise<Received> {
  const group = groupOf(name);
  const expected = byArticle(commits);
  await until(group, () =>
    group.subscribers.every(({ topic, last = 0 }) => {
      const sequence = expected.get(topic.articleId)?.at(-1)?.sequence;
      return sequence === undefined || last >= sequence;
    }),
  );
  const [all, first, last] = [new LatencyCounts(), new LatencyCounts(), new LatencyCounts()];
  const places = new Map(commits.map((commit, place) => [`${commit.articleId} ${commit.sequence}`, place]));
  let deliveries = 0;
  for (const topic of group.topics.values()) {
    const wanted = (expected.get(topic.articleId)?.length ?? 0) * topic.subscribers;
    if (topic.sequences.length !== wanted)
      throw new Error(`${topic.sequences.length} deliveries of article ${topic.articleId}, not ${wanted}`);
    deliveries += wanted;
    topic.sequences.forEach((sequence, index) => {
      const place = places.get(`${topic.articleId} ${sequence}`) ?? -1;
      const ms = (topic.times[index] ?? NaN) - (commits[place]?.at ?? NaN);
      all.add(ms);
      if (place < commits.length / 3) first.add(ms);
      else if (place >= (commits.length * 2) / 3) last.add(ms);
    });
    topic.forget();
  }
  return { deliveries, all: all.list(), first: first.list(), last: last.list() };
}

async function comeBack(name: string, line: Line, from: Position | undefined, last: number): Promise<void> {
  const group = groupOf(name);
  for (const topic of group.topics.values()) topic.recording = false;
  for (const subscriber of group.subscribers) subscriber.cut();
  await inLanes(group.subscribers, (subscriber) => subscriber.open(line, from));
  await until(group, () => group.subscribers.every((subscriber) => (subscriber.last ?? 0) >= last));
}

async function readFrames(
  line: Line,
  articleId: string,
  from: Position,
  count: number,
): Promise<readonly string[]> {
  const frames: string[] = [];
  const faults: string[] = [];
  const subscriber = new Subscriber(new Topic(articleId), {
    onFault: (fault) => faults.push(fault),
    onFrame: (frame) => frames.push(frame),
  });
  await subscriber.open(line, from);
  await until(
    { name: 'frames', topics: new Map(), subscribers: [subscriber], faults },
    () => frames.length >= count,
  );
  subscriber.cut();
  return frames;
}

function close(name: string): void {
  for (const subscriber of groupOf(name).subscribers) subscriber.cut();
  groups.delete(name);
}

async function answer(job: SubscriberJob): Promise<unknown> {
  switch (job.do) {
    case 'open':
      return open(job.group, job.line, job.listeners);
    case 'receive':
      return receive(job.group, job.commits);
    case 'return':
      return comeBack(job.group, job.line, job.from, job.last);
    case 'frames':
      return readFrames(job.line, job.articleId, job.from, job.count);
    case 'close':
      return close(job.group);
  }
}

process.on('SIGTERM', () => process.exit(0));
answerParent((job) => answer(job as SubscriberJob));

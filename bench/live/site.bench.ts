import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { type Comparison, takeTurns } from '../measure/rounds.ts';
import { sharedNow } from './clock.ts';
import type { Commit } from './commit.ts';
import { LatencyCounts } from './latencies.ts';
import { type LiveRun, LiveStage } from './stage.ts';

const comment = '... on CommentAdded { comment { id bodyText author { name } } }';
const siteOperation = `subscription { siteEvents { __typename ... on SiteArticleEvent { articleId event { sequence ${comment} } } } }`;
const articleOperation = `subscription ($articleId: ID!) { articleEvents(articleId: $articleId) { __typename sequence ${comment} } }`;

/** Subscriptions of one socket, and writers at once. */
const perSocket = 500;
const lanes = 10;

const idOf = (articleId: string): string => Buffer.from(`Article:${articleId}`).toString('base64url');
const eventKey = (articleId: string, sequence: number): string => `${articleId} ${sequence}`;

interface Item {
  readonly __typename: string;
  readonly articleId?: string;
  readonly sequence?: number;
  readonly event?: { readonly sequence: number } | null;
}

/** Follows articles by one stream or by one of each article, and notes when each event has arrived. */
class Follower {
  readonly arrivals = new Map<string, number>();
  readonly #sockets: WebSocket[] = [];
  #live = 0;

  static async site(url: string): Promise<Follower> {
    const follower = new Follower();
    await follower.#open(url, [{ id: 's', query: siteOperation, variables: {} }]);
    return follower;
  }

  static async articles(url: string, articleIds: readonly string[]): Promise<Follower> {
    const follower = new Follower();
    const all = articleIds.map(idOf).map((articleId) => ({
      id: articleId,
      query: articleOperation,
      variables: { articleId },
    }));
    for (let from = 0; from < all.length; from += perSocket)
      await follower.#open(url, all.slice(from, from + perSocket));
    return follower;
  }

  close(): void {
    for (const socket of this.#sockets) socket.terminate();
  }

  async #open(url: string, subscriptions: readonly { id: string; query: string; variables: object }[]) {
    const socket = new WebSocket(url, 'graphql-transport-ws', { perMessageDeflate: false });
    this.#sockets.push(socket);
    const live = this.#live + subscriptions.length;
    socket.on('message', (data: Buffer) => this.#take(socket, data.toString()));
    await once(socket, 'open');
    socket.send('{"type":"connection_init"}');
    for (const { id, ...payload } of subscriptions)
      socket.send(JSON.stringify({ id, type: 'subscribe', payload }));
    while (this.#live < live) await sleep(10);
  }

  #take(socket: WebSocket, text: string): void {
    const at = sharedNow();
    const { type, id, payload } = JSON.parse(text) as {
      type: string;
      id?: string;
      payload?: { data?: Record<string, Item> };
    };
    if (type === 'ping') socket.send('{"type":"pong"}');
    if (type === 'error' || type === 'complete') throw new Error(`A stream ended: ${text.slice(0, 300)}`);
    if (type !== 'next') return;
    for (const { __typename, articleId = id ?? '', event, sequence } of Object.values(payload?.data ?? {})) {
      if (__typename.endsWith('Reset')) throw new Error(`A stream was reset: ${text.slice(0, 300)}`);
      if (__typename.endsWith('Checkpoint')) this.#live += 1;
      else this.arrivals.set(eventKey(articleId, event?.sequence ?? sequence ?? 0), at);
    }
  }
}

async function latenciesOf(follower: Follower, commits: readonly Commit[]): Promise<LatencyCounts> {
  const keyOf = ({ articleId, sequence }: Commit): string => eventKey(idOf(articleId), sequence);
  const overdue = performance.now() + 30_000;
  while (!commits.every((commit) => follower.arrivals.has(keyOf(commit)))) {
    if (performance.now() > overdue) throw new Error('Some comments did not arrive');
    await sleep(20);
  }
  const latencies = new LatencyCounts();
  for (const commit of commits) latencies.add((follower.arrivals.get(keyOf(commit)) ?? NaN) - commit.at);
  return latencies;
}

/** Measures how long a comment to one of many articles takes by the site's stream, beside streams of all these articles. */
export function benchSite(run: LiveRun): Promise<Comparison> {
  const { options, onProgress, size } = run;
  const { siteArticles, sitePerSecond } = size;
  const title = `live: from commit to receipt, ${sitePerSecond} comments/s over ${siteArticles.toLocaleString('en')} articles`;
  return LiveStage.with(run, async (stage) => {
    const { line, process } = await stage.startNode('Standfirst', {
      MAX_SUBSCRIPTIONS_PER_SOCKET: String(perSocket),
    });
    const articleIds = stage.takeArticles(siteArticles);
    const sides = [
      { name: 'one stream of the site', follow: () => Follower.site(line.url) },
      { name: 'a stream of each article', follow: () => Follower.articles(line.url, articleIds) },
    ];
    const measure = async ({ name, follow }: (typeof sides)[number], seconds: number) => {
      const follower = await follow();
      const count = Math.max(2, Math.ceil(sitePerSecond * seconds));
      const [begun, before] = [performance.now(), await process.cpu()];
      const commits = await stage.write({ articleIds, count, perSecond: sitePerSecond, lanes, relays: true });
      const perSecond = (count * 1000) / (performance.now() - begun);
      const latencies = await latenciesOf(follower, commits);
      const cpuMs = ((await process.cpu()) - before) / count;
      follower.close();
      const [p50, p99, max] = [0.5, 0.99, 1].map((part) => latencies.quantile(part));
      onProgress(`${title}: ${name}: ${p99?.toFixed(0)} ms, at most ${max?.toFixed(0)} ms`);
      return { p50: p50 ?? NaN, p99: p99 ?? NaN, max: max ?? NaN, perSecond, cpuMs };
    };
    for (const side of sides) await measure(side, options.seconds / 2);
    const results = await takeTurns(sides, options.rounds, (side) => measure(side, options.seconds));
    const columns = [
      { key: 'p50', name: 'p50 ms', digits: 0 },
      { key: 'p99', name: 'p99 ms', digits: 0 },
      { key: 'max', name: 'longest ms', digits: 0 },
      { key: 'perSecond', name: 'comments/s', digits: 0 },
      { key: 'cpuMs', name: 'CPU ms/comment', digits: 2 },
    ];
    return { title, columns, sides: results };
  });
}

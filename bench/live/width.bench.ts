import { setTimeout as sleep } from 'node:timers/promises';
import { type Comparison, takeTurns } from '../measure/rounds.ts';
import { type LiveRun, type LiveServer, LiveStage } from './stage.ts';

const perSecond = 20;
const group = ({ name }: LiveServer): string => name;

/**
 * Compares the cost of a comment on a node that watches many articles with that on a node that watches one; and checks
 * that no other article's subscribers receive it.
 */
export function benchWidth(run: LiveRun): Promise<Comparison> {
  const { options, onProgress, size } = run;
  const { watched, subscribersOfEach } = size;
  const title = `live: a comment to one of ${watched} watched articles, ${subscribersOfEach} subscribers of each`;
  return LiveStage.with(run, async (stage) => {
    const open = async (name: string, articles: number) => {
      const server = await stage.startNode(name);
      const articleIds = stage.takeArticles(articles);
      const listeners = articleIds.flatMap((articleId) => stage.listeners(articleId, subscribersOfEach));
      await stage.audience.open(group(server), server.line, listeners);
      return { name, server, articleId: articleIds[0] ?? '' };
    };
    const sides = [await open(`${watched} watched`, watched), await open('1 watched', 1)];
    const count = Math.max(2, Math.ceil(perSecond * options.seconds));
    const deliver = async ({ server, articleId }: (typeof sides)[number]) => {
      const before = await server.process.cpu();
      const commits = await stage.write({ articleIds: [articleId], count, perSecond });
      // Throws if a subscriber received an event of another article.
      const { deliveries, p99 } = await stage.audience.receive(group(server), commits);
      const cpuMs = ((await server.process.cpu()) - before) / count;
      return { cpuMs, deliveriesPerComment: deliveries / count, p99 };
    };
    for (const side of sides) await deliver(side);
    const results = await takeTurns(sides, options.rounds, async (side, round) => {
      const figures = await deliver(side);
      onProgress(`${title}: round ${round + 1}, ${side.name}: ${figures.cpuMs.toFixed(2)} ms`);
      return figures;
    });
    const columns = [
      { key: 'cpuMs', name: 'CPU ms/comment', digits: 2 },
      { key: 'deliveriesPerComment', name: 'deliveries/comment', digits: 1 },
      { key: 'p99', name: 'p99 ms', digits: 1 },
    ];
    return { title, columns, sides: results };
  });
}

/** Measures the cost of comments to unwatched articles on a node, compared with the same time without comments. */
export function benchUnwatched(run: LiveRun): Promise<Comparison> {
  const { options, onProgress, size } = run;
  const title = `live: comments to ${size.unwatched.toLocaleString('en')} articles that the node does not watch`;
  return LiveStage.with(run, async (stage) => {
    const server = await stage.startNode();
    const watchedId = stage.takeArticle();
    await stage.audience.open(group(server), server.line, stage.listeners(watchedId, size.subscribersOfEach));
    const articleIds = stage.takeArticles(size.unwatched);
    const count = Math.max(2, Math.ceil(100 * options.seconds));
    const sides = [
      { name: 'comments', load: () => stage.write({ articleIds, count, perSecond: 100 }) },
      { name: 'nothing', load: () => sleep(options.seconds * 1000) },
    ];
    // The node's own work, including polls of the watched article's log, is the same on both sides.
    const results = await takeTurns(sides, options.rounds, async ({ name, load }, round) => {
      const before = [await server.process.cpu(), await server.process.ask<number>('statements')] as const;
      const start = performance.now();
      await load();
      const seconds = (performance.now() - start) / 1000;
      const [cpu, statements] = [await server.process.cpu(), await server.process.ask<number>('statements')];
      onProgress(`${title}: round ${round + 1}, ${name}: ${statements - before[1]} statements`);
      const written = name === 'nothing' ? 0 : count / seconds;
      return {
        written,
        cpuMs: (cpu - before[0]) / seconds,
        statements: (statements - before[1]) / seconds,
      };
    });
    const columns = [
      { key: 'written', name: 'comments/s', digits: 0 },
      { key: 'cpuMs', name: 'CPU ms/s', digits: 2 },
      { key: 'statements', name: 'statements/s', digits: 2 },
    ];
    return { title, columns, sides: results };
  });
}

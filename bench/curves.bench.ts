import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onConnection } from '../harness/database.ts';
import { median } from '../harness/figures.ts';
import { shallow } from '../harness/data/size.ts';
import { DatabaseCpu } from './measure/database-cpu.ts';
import { type Comparison, type Figures, measureRounds, type Side } from './measure/rounds.ts';
import type { BenchOptions } from './options.ts';
import { permalinkPage } from './page/other-pages.operation.ts';
import { selectPermalinks } from './page/other-pages.queries.ts';
import { articlePages, nothingKept } from './page/page.bench.ts';
import {
  type PageGroup,
  pageSide,
  requireEqualAnswers,
  serversOf,
  type Work,
  withPageStage,
} from './page/page-stage.ts';
import { type Plot, type PlotLine, plotSvg } from './plot.ts';

/** Numbers of connections, each with one request under way. */
const connectionCounts = [1, 2, 4, 8, 16, 32, 64, 128];

/** Number of different comments of a thread to which links are followed. */
const places = 100;

type Bench = (
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
) => Promise<Comparison[]>;

/** A line of a plot to be: one side for each place on the horizontal axis. */
interface Curve {
  readonly name: string;
  readonly sides: readonly Side[];
}

/**
 * Measures all places of all curves in turns, so that neither what else the machine does nor what V8 has compiled by
 * then makes one place look different from another.
 * @returns a comparison of each curve's first place with the others
 */
async function measureCurves(
  title: string,
  curves: readonly Curve[],
  options: BenchOptions,
  databaseUrl: string,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  const database = await DatabaseCpu.open(databaseUrl);
  try {
    const longest = Math.max(...curves.map(({ sides }) => sides.length));
    // Place by place, so that before each measurement of a server another one was measured.
    const order = Array.from({ length: longest }, (_, place) =>
      curves.flatMap(({ sides }, curve) => (sides[place] ? [{ curve, side: sides[place] }] : [])),
    ).flat();
    const { columns, sides } = await measureRounds(
      title,
      order.map(({ side }) => side),
      { ...options, database, onProgress },
    );
    return curves.map(({ name }, at) => ({
      title: `${title}: ${name}`,
      columns,
      sides: sides.filter((_, index) => order[index]?.curve === at),
    }));
  } finally {
    await database.close();
  }
}

/** One line for each comparison, with one value for each of its sides. */
const linesOf = (
  curves: readonly Curve[],
  comparisons: readonly Comparison[],
  valueOf: (figures: Figures) => number,
): PlotLine[] =>
  comparisons.map(({ sides }, at) => ({
    name: curves[at]?.name ?? '',
    values: sides.map(({ rounds }) => median(rounds.map(valueOf))),
  }));

async function writePlot(folder: string, name: string, plot: Plot): Promise<void> {
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, `${name}.svg`), plotSvg(plot));
}

/** Throughput of the article page, signed out, against the number of connections. */
export const benchConnections: Bench = (databaseUrl, options, onProgress) => {
  const group: PageGroup = {
    ...articlePages,
    variants: [{ name: 'nothing kept', settings: nothingKept }],
  };
  return withPageStage(databaseUrl, options, group, async (stage, works) => {
    const [work] = works;
    if (!work) throw new Error('There is no page');
    const curves = serversOf(stage).map((server) => ({
      name: server.name,
      sides: connectionCounts.map((connections) => ({
        ...pageSide(stage, server, work, connections),
        name: connections === 1 ? '1 connection' : `${connections} connections`,
      })),
    }));
    const comparisons = await measureCurves(work.title, curves, options, databaseUrl, onProgress);
    await writePlot(options.out, 'throughput', {
      title: 'The article page, signed out',
      across: { name: 'connections', values: connectionCounts },
      up: { name: 'requests/s', isLogarithmic: true },
      lines: linesOf(curves, comparisons, ({ perSecond }) => perSecond ?? NaN),
    });
    return comparisons;
  });
};

/** Fifty comments around one, for places all over the threads of one length. */
interface ThreadWork extends Work {
  readonly comments: number;
  /** Whether roots have so many replies that comments are deeper than in the other threads. */
  readonly isDeep: boolean;
}

/** The threads of each length and shape, the shortest first. */
async function selectThreads(databaseUrl: string): Promise<ThreadWork[]> {
  return onConnection(databaseUrl, async (client) => {
    const { rows } = await client.query<{ ids: string[]; comments: number; isDeep: boolean; depth: number }>(
      `SELECT array_agg(id::text) AS ids, comments, "isDeep", avg(depth)::float AS depth
       FROM (SELECT article_id AS id, count(*)::int AS comments, avg(c.depth) AS depth,
           max(k.descendant_count) >= ${shallow} AS "isDeep"
         FROM comment c JOIN comment_counter k USING (article_id) WHERE k.comment_id = c.id GROUP BY article_id) thread
       GROUP BY comments, "isDeep" ORDER BY comments, "isDeep"`,
    );
    const threads: ThreadWork[] = [];
    for (const { ids, comments, isDeep, depth } of rows) {
      const links = [];
      for (const id of ids)
        links.push(...(await selectPermalinks(client, Math.ceil(places / ids.length), id)));
      threads.push({
        comments,
        isDeep,
        title: `${comments.toLocaleString('en')} comments, depth ${depth.toFixed(1)}`,
        field: 'article',
        operation: permalinkPage,
        variables: links.map(({ slug, articleId, commentId }) => ({
          slug,
          around: Buffer.from(`Comment:${articleId}:${commentId}`).toString('base64url'),
        })),
      });
    }
    return threads;
  });
}

/** Processor time of a page of a thread against the length of the thread, with nothing kept in memory. */
export const benchThreads: Bench = async (databaseUrl, options, onProgress) => {
  const threads = await selectThreads(databaseUrl);
  const group: PageGroup = { settings: nothingKept, variants: [], select: () => Promise.resolve(threads) };
  return withPageStage(databaseUrl, options, group, async (stage) => {
    for (const thread of threads) await requireEqualAnswers(stage, thread);
    const curves = serversOf(stage).map((server) => ({
      name: server.name,
      sides: threads.map((thread) => ({
        ...pageSide(stage, server, thread, options.connections),
        name: thread.title,
      })),
    }));
    const title = 'fifty comments of a thread, cold';
    const comparisons = await measureCurves(title, curves, options, databaseUrl, onProgress);
    // The plot is about the length alone.
    const plotted = threads.flatMap(({ isDeep }, at) => (isDeep ? [] : [at]));
    const lines = linesOf(
      curves,
      comparisons,
      ({ serverCpu, databaseCpu }) => (serverCpu ?? NaN) + (databaseCpu ?? 0),
    );
    await writePlot(options.out, 'thread-size', {
      title: 'Fifty comments of a thread, nothing kept in memory',
      across: { name: 'comments in the thread', values: plotted.map((at) => threads[at]?.comments ?? NaN) },
      up: { name: 'CPU ms, server and database' },
      lines: lines.map(({ name, values }) => ({ name, values: plotted.map((at) => values[at] ?? NaN) })),
    });
    return comparisons;
  });
};

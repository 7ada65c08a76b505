import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { onConnection } from '../harness/database.ts';
import { median } from '../harness/figures.ts';
import { DatabaseCpu } from './measure/database-cpu.ts';
import { type Comparison, type Figures, measureRounds, type SideResult } from './measure/rounds.ts';
import type { BenchOptions } from './options.ts';
import { permalinkPage } from './page/other-pages.operation.ts';
import { selectPermalinks } from './page/other-pages.queries.ts';
import { articlePages, nothingKept } from './page/page.bench.ts';
import {
  type PageGroup,
  pageSides,
  requireEqualAnswers,
  type Work,
  withPageStage,
} from './page/page-stage.ts';
import { type Plot, plotSvg } from './plot.ts';

/** Numbers of connections, each with one request under way. */
const connectionCounts = [1, 2, 4, 8, 16, 32, 64, 128];

/** Number of different comments of a thread to which links are followed. */
const places = 100;

type Bench = (
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
) => Promise<Comparison[]>;

/** One value of each side at each place of the plot. */
function linesOf(comparisons: readonly Comparison[], valueOf: (figures: Figures) => number) {
  const [first] = comparisons;
  const value = ({ rounds }: SideResult) => median(rounds.map(valueOf));
  return (first?.sides ?? []).map(({ name }, at) => ({
    name,
    values: comparisons.map(({ sides }) => {
      const side = sides[at];
      return side ? value(side) : NaN;
    }),
  }));
}

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
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const comparisons: Comparison[] = [];
      for (const connections of connectionCounts) {
        const sides = pageSides(stage, work, connections);
        const title = `${work.title}, ${connections} ${connections === 1 ? 'connection' : 'connections'}`;
        comparisons.push(await measureRounds(title, sides, { ...options, database, onProgress }));
      }
      await writePlot(options.out, 'throughput', {
        title: 'The article page, signed out',
        across: { name: 'connections', values: connectionCounts },
        up: { name: 'requests/s', isLogarithmic: true },
        lines: linesOf(comparisons, ({ perSecond }) => perSecond ?? NaN),
      });
      return comparisons;
    } finally {
      await database.close();
    }
  });
};

/** Fifty comments around one in the middle of a thread, for each article. */
async function selectThreads(databaseUrl: string): Promise<(Work & { readonly comments: number })[]> {
  const { rows } = await onConnection(databaseUrl, (client) =>
    client.query<{ id: string; comments: number }>(
      'SELECT article_id::text AS id, comment_count AS comments FROM article_counter ORDER BY comment_count',
    ),
  );
  const threads: (Work & { readonly comments: number })[] = [];
  for (const { id, comments } of rows) {
    const links = await onConnection(databaseUrl, (client) => selectPermalinks(client, places, id));
    threads.push({
      comments,
      title: `fifty comments of a thread of ${comments.toLocaleString('en')}, cold`,
      field: 'article',
      operation: permalinkPage,
      variables: links.map(({ slug, articleId, commentId }) => ({
        slug,
        around: Buffer.from(`Comment:${articleId}:${commentId}`).toString('base64url'),
      })),
    });
  }
  return threads;
}

/** Processor time of a page of a thread against the length of the thread, with nothing kept in memory. */
export const benchThreads: Bench = async (databaseUrl, options, onProgress) => {
  const threads = await selectThreads(databaseUrl);
  const group: PageGroup = { settings: nothingKept, variants: [], select: () => Promise.resolve(threads) };
  return withPageStage(databaseUrl, options, group, async (stage) => {
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const comparisons: Comparison[] = [];
      for (const thread of threads) {
        await requireEqualAnswers(stage, thread);
        const sides = pageSides(stage, thread, options.connections);
        comparisons.push(await measureRounds(thread.title, sides, { ...options, database, onProgress }));
      }
      await writePlot(options.out, 'thread-size', {
        title: 'Fifty comments of a thread, nothing kept in memory',
        across: { name: 'comments in the thread', values: threads.map(({ comments }) => comments) },
        up: { name: 'CPU ms, server and database' },
        lines: linesOf(comparisons, ({ serverCpu, databaseCpu }) => (serverCpu ?? NaN) + (databaseCpu ?? 0)),
      });
      return comparisons;
    } finally {
      await database.close();
    }
  });
};

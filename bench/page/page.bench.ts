import { isDeepStrictEqual } from 'node:util';
import { onConnection } from '../../harness/database.ts';
import { Child } from '../../harness/processes/child.ts';
import type { LoopResult } from '../measure/closed-loop.ts';
import { DatabaseCpu } from '../measure/database-cpu.ts';
import { type Comparison, measureRounds, type Side } from '../measure/rounds.ts';
import { type RunningServer, startServices } from '../../harness/processes/service.ts';
import type { BenchOptions } from '../options.ts';
import { profileUnder } from '../profile.ts';
import { openSessions } from '../../harness/sessions.ts';
import { signedInPage, signedOutPage } from './page.operation.ts';
import { selectFullPages } from './page.queries.ts';
import type { ReadJob } from './readers.ts';

/** Number of different pages that are read in turn. */
const pages = 200;

/** Number of accounts that read the signed-in pages. */
const viewers = 100;

type Work = Pick<ReadJob, 'operation' | 'slugs' | 'tokens'>;

/** All servers of the comparison, and the requests of the readers. */
interface PageStage {
  readonly service: RunningServer;
  /** The service with other settings. */
  readonly variants: readonly RunningServer[];
  readonly handwritten: RunningServer;
  readonly readers: Child;
  readonly signedOut: Work;
  readonly signedIn: Work;
}

/** Starts all processes for reading pages, and stops them after the work. */
async function withPageStage<T>(
  databaseUrl: string,
  options: Pick<BenchOptions, 'poolSize' | 'variants'>,
  work: (stage: PageStage) => Promise<T>,
): Promise<T> {
  const { slugs, tokens } = await onConnection(databaseUrl, async (client) => ({
    slugs: await selectFullPages(client, pages),
    tokens: (await openSessions(client, viewers)).map(({ token }) => token),
  }));
  if (slugs.length === 0 || tokens.length === 0) throw new Error('There is no article with a full page');
  const children: Child[] = [];
  try {
    const readers = new Child('bench/page/readers');
    children.push(readers);
    const handwritten = await startHandwritten(databaseUrl, options.poolSize);
    children.push(handwritten.process);
    return await work({
      // The readers of the bench send more requests per minute than the rate limits allow.
      ...(await startServices(databaseUrl, options, { RATE_LIMITS: 'off' }, children)),
      handwritten,
      readers,
      signedOut: { operation: signedOutPage, slugs },
      signedIn: { operation: signedInPage, slugs, tokens },
    });
  } finally {
    for (const child of children.reverse()) await child.stop();
  }
}

async function startHandwritten(databaseUrl: string, poolSize: number): Promise<RunningServer> {
  const child = new Child('bench/page/handwritten-server', {
    env: { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: String(poolSize) },
  });
  return { name: 'by hand', process: child, url: await child.printed(/Listening on (\S+)\//) };
}

/** Reads a page without the response's cost information, which is not part of the comparison. */
async function readPage(url: string, work: Work, slug: string): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(work.tokens ? { authorization: `Bearer ${work.tokens[0]}` } : {}),
    },
    body: JSON.stringify({ query: work.operation, variables: { slug } }),
  });
  const { extensions: _, ...page } = (await response.json()) as Record<string, unknown>;
  return page;
}

/** @throws Error when the two sides answer differently: their speed can't be compared then */
async function requireEqualAnswers({ service, handwritten }: PageStage, work: Work): Promise<void> {
  for (const slug of work.slugs) {
    const [ours, theirs] = [
      await readPage(service.url, work, slug),
      await readPage(handwritten.url, work, slug),
    ];
    if (!isDeepStrictEqual(ours, theirs)) {
      const show = (value: unknown) => JSON.stringify(value, null, 1).split('\n');
      const shown = show(theirs);
      const at = show(ours).findIndex((line, index) => line !== shown[index]);
      const around = (lines: string[]) => lines.slice(Math.max(0, at - 3), at + 3).join('\n');
      throw new Error(
        `The answers for ${slug} differ:\n${around(show(ours))}\n--- by hand\n${around(shown)}`,
      );
    }
  }
}

/** The load of the readers on one server. */
function loadPages(
  { readers }: PageStage,
  server: RunningServer,
  work: Work,
  connections: number,
): (seconds: number) => Promise<LoopResult> {
  return (seconds) =>
    readers.ask<LoopResult>({ ...work, url: server.url, connections, seconds } satisfies ReadJob);
}

/** Profiles the service while pages are read from it, signed out. */
export function profilePage(databaseUrl: string, options: BenchOptions): Promise<string> {
  return withPageStage(databaseUrl, options, (stage) =>
    profileUnder(
      'article page, signed out',
      stage.service.process,
      loadPages(stage, stage.service, stage.signedOut, options.connections),
      options,
    ),
  );
}

/** Compares the article page of the service with the same answer of a handwritten server, signed out and signed in. */
export function benchPage(
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  return withPageStage(databaseUrl, options, async (stage) => {
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const comparisons: Comparison[] = [];
      for (const [title, work] of [
        ['article page, signed out', stage.signedOut],
        ['article page, signed in', stage.signedIn],
      ] as const) {
        await requireEqualAnswers(stage, work);
        onProgress(`${title}: ${work.slugs.length} pages are the same on both sides`);
        const servers = [stage.service, ...stage.variants, stage.handwritten];
        const sides: Side[] = servers.map((server) => ({
          name: server.name,
          server: server.process,
          workers: server.workers,
          load: loadPages(stage, server, work, options.connections),
        }));
        comparisons.push(await measureRounds(title, sides, { ...options, database, onProgress }));
      }
      return comparisons;
    } finally {
      await database.close();
    }
  });
}

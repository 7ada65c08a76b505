import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pg';
import { onConnection } from '../../harness/database.ts';
import { Child } from '../../harness/processes/child.ts';
import type { LoopResult } from '../measure/closed-loop.ts';
import { DatabaseCpu } from '../measure/database-cpu.ts';
import { type Comparison, measureRounds, type Side } from '../measure/rounds.ts';
import {
  type RunningServer,
  type ServiceVariant,
  startFlags,
  startService,
  startServices,
} from '../../harness/processes/service.ts';
import type { BenchOptions } from '../options.ts';
import { profileUnder } from '../profile.ts';
import { openSessions } from '../../harness/sessions.ts';
import { frontPage, journalistPage, permalinkPage, searchPage } from './other-pages.operation.ts';
import { selectJournalistSlugs, selectPermalinks, selectQueries } from './other-pages.queries.ts';
import { signedInPage, signedOutPage } from './page.operation.ts';
import { selectFullPages } from './page.queries.ts';
import type { ReadJob } from './readers.ts';
import { type SteadyWrites, whileWriting } from './steady-writer.ts';

/** Number of different pages that are read in turn. */
const pages = 200;

/** Number of accounts that read the signed-in pages. */
const viewers = 100;

/** One page of the comparison. */
interface Work extends Pick<ReadJob, 'operation' | 'field' | 'variables' | 'tokens'> {
  readonly title: string;
  /** Comments that are posted meanwhile; absent: none. */
  readonly writes?: Omit<SteadyWrites, 'url'>;
}

/** All servers of the comparison, and the process of the readers. */
interface PageStage {
  readonly service: RunningServer;
  /** The service with other settings. */
  readonly variants: readonly RunningServer[];
  readonly handwritten: RunningServer;
  readonly readers: Child;
  /** A service of which nothing is read. */
  readonly writer: RunningServer;
}

/** Which pages are read, and the settings of the service beside its defaults. */
interface PageGroup {
  readonly select: (client: Client) => Promise<readonly Work[]>;
  readonly settings: Readonly<Record<string, string>>;
  readonly variants: readonly ServiceVariant[];
}

/** Comments per second of the bench with a writer. */
const writesPerSecond = 20;

/** Settings of a service that reads everything anew for each request. */
const nothingKept = { KEPT_ANSWERS_MB: 'off', KEPT_ROWS_MB: 'off' };

/** The article page, signed out and signed in, and while comments are posted. */
const articlePages: PageGroup = {
  settings: {},
  variants: [
    { name: 'rows kept', settings: { KEPT_ANSWERS_MB: 'off' } },
    { name: 'nothing kept', settings: nothingKept },
    { name: 'nothing kept, two workers', settings: { ...nothingKept, WORKERS: '2' } },
  ],
  select: async (client) => {
    const found = await selectFullPages(client, pages);
    const tokens = (await openSessions(client, viewers)).map(({ token }) => token);
    const article = { field: 'article', variables: found.map(({ slug }) => ({ slug })) };
    const articleIds = found.map(({ id }) => Buffer.from(`Article:${id}`).toString('base64url'));
    return [
      { ...article, title: 'article page, signed out', operation: signedOutPage },
      { ...article, title: 'article page, signed in', operation: signedInPage, tokens },
      {
        ...article,
        title: `article page, signed out, with ${writesPerSecond} comments posted per second (CPU of the database: with the posts)`,
        operation: signedOutPage,
        writes: { tokens, articleIds, perSecond: writesPerSecond },
      },
    ];
  },
};

/** All other pages, from a service that keeps neither answers nor rows. */
const otherPages: PageGroup = {
  settings: nothingKept,
  variants: [],
  select: async (client) => {
    const slugs = await selectJournalistSlugs(client, pages);
    const queries = await selectQueries(client, pages);
    const permalinks = await selectPermalinks(client, pages);
    return [
      { title: 'front page, cold', field: 'articles', operation: frontPage, variables: [{}] },
      {
        title: 'journalist’s page, cold',
        field: 'journalist',
        operation: journalistPage,
        variables: slugs.map((slug) => ({ slug })),
      },
      {
        title: 'search with three words, cold',
        field: 'search',
        operation: searchPage,
        variables: queries.map((query) => ({ query })),
      },
      {
        title: 'permalink in the longest thread, cold',
        field: 'article',
        operation: permalinkPage,
        variables: permalinks.map(({ slug, articleId, commentId }) => ({
          slug,
          around: Buffer.from(`Comment:${articleId}:${commentId}`).toString('base64url'),
        })),
      },
    ];
  },
};

/** Starts all processes for reading pages, and stops them after the work. */
async function withPageStage<T>(
  databaseUrl: string,
  options: Pick<BenchOptions, 'poolSize' | 'variants'>,
  group: PageGroup,
  run: (stage: PageStage, works: readonly Work[]) => Promise<T>,
): Promise<T> {
  const works = await onConnection(databaseUrl, group.select);
  const empty = works.find(({ variables, tokens }) => variables.length === 0 || tokens?.length === 0);
  if (empty) throw new Error(`The data have nothing to read: ${empty.title}`);
  const children: Child[] = [];
  try {
    const readers = new Child('bench/page/readers');
    children.push(readers);
    const handwritten = await startHandwritten(databaseUrl, options.poolSize);
    children.push(handwritten.process);
    // The readers of the bench send more requests per minute than the rate limits allow.
    const settings = { RATE_LIMITS: 'off', ...group.settings };
    const { poolSize } = options;
    const variants = [...group.variants, ...options.variants];
    const services = await startServices(databaseUrl, { poolSize, variants }, settings, children);
    const writer = await startService('writer', databaseUrl, { poolSize, env: settings });
    children.push(writer.process);
    return await run({ ...services, handwritten, readers, writer }, works);
  } finally {
    for (const child of children.reverse()) await child.stop();
  }
}

async function startHandwritten(databaseUrl: string, poolSize: number): Promise<RunningServer> {
  const child = new Child('bench/page/handwritten-server', {
    env: { DATABASE_URL: databaseUrl, DATABASE_POOL_SIZE: String(poolSize) },
    execArgv: startFlags,
  });
  return { name: 'by hand', process: child, url: await child.printed(/Listening on (\S+)\//) };
}

/** Reads a page without the response's cost information, which is not part of the comparison. */
async function readPage(url: string, work: Work, variables: Work['variables'][number]): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(work.tokens ? { authorization: `Bearer ${work.tokens[0]}` } : {}),
    },
    body: JSON.stringify({ query: work.operation, variables }),
  });
  const { extensions: _, ...page } = (await response.json()) as Record<string, unknown>;
  return page;
}

/** @throws Error when the two sides answer differently: their speed can't be compared then */
async function requireEqualAnswers({ service, handwritten }: PageStage, work: Work): Promise<void> {
  for (const variables of work.variables) {
    const [ours, theirs] = [
      await readPage(service.url, work, variables),
      await readPage(handwritten.url, work, variables),
    ];
    if (!isDeepStrictEqual(ours, theirs)) {
      const show = (value: unknown) => JSON.stringify(value, null, 1).split('\n');
      const shown = show(theirs);
      const at = show(ours).findIndex((line, index) => line !== shown[index]);
      const around = (lines: string[]) => lines.slice(Math.max(0, at - 3), at + 3).join('\n');
      throw new Error(
        `The answers for ${JSON.stringify(variables)} differ:\n${around(show(ours))}\n--- by hand\n${around(shown)}`,
      );
    }
  }
}

/** The load of the readers on one server. */
function loadPages(
  { readers, writer }: PageStage,
  server: RunningServer,
  { operation, field, variables, tokens, writes }: Work,
  connections: number,
): (seconds: number) => Promise<LoopResult> {
  const job = { operation, field, variables, url: server.url, connections, ...(tokens ? { tokens } : {}) };
  const read = (seconds: number) => readers.ask<LoopResult>({ ...job, seconds } satisfies ReadJob);
  return writes ? (seconds) => whileWriting({ ...writes, url: writer.url }, () => read(seconds)) : read;
}

/** Profiles the service while the pages of a group are read from it, one after the other. */
async function profilePages(databaseUrl: string, options: BenchOptions, group: PageGroup): Promise<string> {
  return withPageStage(databaseUrl, options, group, async (stage, works) => {
    const profiles: string[] = [];
    for (const work of works) {
      const load = loadPages(stage, stage.service, work, options.connections);
      profiles.push(await profileUnder(work.title, stage.service.process, load, options));
    }
    return profiles.join('\n\n');
  });
}

/** Compares the pages of a group with the same answers of a handwritten server. */
function comparePages(
  databaseUrl: string,
  options: BenchOptions,
  group: PageGroup,
  onProgress: (line: string) => void,
): Promise<Comparison[]> {
  return withPageStage(databaseUrl, options, group, async (stage, works) => {
    const database = await DatabaseCpu.open(databaseUrl);
    try {
      const comparisons: Comparison[] = [];
      for (const work of works) {
        await requireEqualAnswers(stage, work);
        onProgress(`${work.title}: ${work.variables.length} pages are the same on both sides`);
        const servers = [stage.service, ...stage.variants, stage.handwritten];
        const sides: Side[] = servers.map((server) => ({
          name: server.name,
          server: server.process,
          workers: server.workers,
          load: loadPages(stage, server, work, options.connections),
        }));
        comparisons.push(await measureRounds(work.title, sides, { ...options, database, onProgress }));
      }
      return comparisons;
    } finally {
      await database.close();
    }
  });
}

type Bench = (
  databaseUrl: string,
  options: BenchOptions,
  onProgress: (line: string) => void,
) => Promise<Comparison[]>;

/** The article page, signed out and signed in. */
export const benchPage: Bench = (databaseUrl, options, onProgress) =>
  comparePages(databaseUrl, options, articlePages, onProgress);

/** The front page, a journalist's page, a search, and a link to a comment in the longest thread. */
export const benchOtherPages: Bench = (databaseUrl, options, onProgress) =>
  comparePages(databaseUrl, options, otherPages, onProgress);

export const profilePage = (databaseUrl: string, options: BenchOptions): Promise<string> =>
  profilePages(databaseUrl, options, articlePages);

export const profileOtherPages = (databaseUrl: string, options: BenchOptions): Promise<string> =>
  profilePages(databaseUrl, options, otherPages);

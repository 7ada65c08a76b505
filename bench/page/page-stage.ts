import { isDeepStrictEqual } from 'node:util';
import type { Client } from 'pg';
import { onConnection } from '../../harness/database.ts';
import { Child } from '../../harness/processes/child.ts';
import {
  type RunningServer,
  type ServiceVariant,
  startFlags,
  startService,
  startServices,
} from '../../harness/processes/service.ts';
import type { LoopResult } from '../measure/closed-loop.ts';
import type { Side } from '../measure/rounds.ts';
import type { BenchOptions } from '../options.ts';
import type { ReadJob } from './readers.ts';
import { type SteadyWrites, whileWriting } from './steady-writer.ts';

/** One page of the comparison. */
export interface Work extends Pick<ReadJob, 'operation' | 'field' | 'variables' | 'tokens'> {
  readonly title: string;
  /** Comments that are posted meanwhile; absent: none. */
  readonly writes?: Omit<SteadyWrites, 'url'>;
}

/** All servers of the comparison, and the process of the readers. */
export interface PageStage {
  readonly service: RunningServer;
  /** The service with other settings. */
  readonly variants: readonly RunningServer[];
  readonly handwritten: RunningServer;
  readonly readers: Child;
  /** A service of which nothing is read. */
  readonly writer: RunningServer;
}

/** Which pages are read, and the settings of the service beside its defaults. */
export interface PageGroup {
  readonly select: (client: Client) => Promise<readonly Work[]>;
  readonly settings: Readonly<Record<string, string>>;
  readonly variants: readonly ServiceVariant[];
}

/** Starts all processes for reading pages, and stops them after the work. */
export async function withPageStage<T>(
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

/** Reads a page without the response's cost information and without the directions of texts, which are not part of the comparison. */
async function readPage(url: string, work: Work, variables: Work['variables'][number]): Promise<unknown> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: {
      'content-type': 'application/json',
      ...(work.tokens ? { authorization: `Bearer ${work.tokens[0]}` } : {}),
    },
    body: JSON.stringify({ query: work.operation, variables }),
  });
  const text = (await response.text()).replaceAll(String.raw` dir=\"auto\"`, '');
  const { extensions: _, ...page } = JSON.parse(text) as Record<string, unknown>;
  return page;
}

/** @throws Error when the two sides answer differently: their speed can't be compared then */
export async function requireEqualAnswers({ service, handwritten }: PageStage, work: Work): Promise<void> {
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
export function loadPages(
  { readers, writer }: PageStage,
  server: RunningServer,
  { operation, field, variables, tokens, writes }: Work,
  connections: number,
): (seconds: number) => Promise<LoopResult> {
  const job = { operation, field, variables, url: server.url, connections, ...(tokens ? { tokens } : {}) };
  const read = (seconds: number) => readers.ask<LoopResult>({ ...job, seconds } satisfies ReadJob);
  return writes ? (seconds) => whileWriting({ ...writes, url: writer.url }, () => read(seconds)) : read;
}

/** The service, its variants and the handwritten server. */
export const serversOf = ({ service, variants, handwritten }: PageStage): RunningServer[] => [
  service,
  ...variants,
  handwritten,
];

/** A server as a side of a comparison. */
export function pageSide(stage: PageStage, server: RunningServer, work: Work, connections: number): Side {
  return {
    name: server.name,
    server: server.process,
    workers: server.workers,
    load: loadPages(stage, server, work, connections),
  };
}

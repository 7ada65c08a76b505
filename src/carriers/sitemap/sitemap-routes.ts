import { Readable } from 'node:stream';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { clientKey } from '../../platform/auth/client-key.ts';
import type { Config } from '../../platform/config/config.ts';
import type { Database, Queryable } from '../../platform/db/database.ts';
import { RequestError } from '../../platform/errors/errors.ts';
import { addVary, nothingKept, publicControl } from '../../platform/http/cache-control.ts';
import { robotsPath, sitemapPartPath, sitemapPath } from '../../platform/http/paths.ts';
import type { Requests } from '../../platform/http/requests.ts';
import { refuseForeignReads } from '../../platform/http/refusals.ts';
import { AnswerPlaces, sendPieces, type StreamedAnswerOptions } from '../../platform/http/streamed-answer.ts';
import { sendTagged, sendUnlessKnown, tagOf } from '../../platform/http/tagged-answer.ts';
import { robotsText } from './robots.ts';
import { type Listed, sitemapEntries, sitemapFrame, sitemapIndex } from './sitemap-xml.ts';

/** The most addresses of one sitemap (sitemaps.org). At 1,000 bytes each they are below the 50 MiB that it may have. */
const usualPartSize = 50_000;

/** Pages that are read, and held, at a time. */
const pagesAtOnce = 1000;

/**
 * The price of the index, and of each sitemap. A client that spends the default budget of a minute on nothing else reads
 * ten million addresses, and takes about half a core of the database.
 */
const points = 2500;

const busy = 'Sitemaps are being read already: try again.';

const xmlType = 'application/xml; charset=utf-8';

/** A part of a list of pages that has at least one page. */
interface Part {
  readonly part: number;
  readonly digest: string;
  readonly lastModified: Date | null;
}

/** One kind of public pages, in parts. */
interface PageList {
  readonly name: string;
  selectParts(db: Queryable, size: number, part?: number): Promise<readonly Part[]>;
  selectPages(
    db: Queryable,
    wanted: { size: number; part: number; after: string | undefined; limit: number },
  ): Promise<{
    readonly pages: readonly { readonly path: string; readonly lastModified: Date | null }[];
    readonly next: string | undefined;
  }>;
}

export interface SitemapOptions {
  readonly lists: readonly PageList[];
  readonly db: Database;
  readonly requests: Requests;
  /** The site's public URL, without a slash at its end; known once the service listens. */
  readonly siteUrl: () => string;
  readonly settings: Pick<Config, 'pageOrigins' | 'publicCacheSeconds' | 'maxAnswerStallMs'>;
  /** The most addresses of one sitemap; absent: as many as there may be. */
  readonly partSize?: number | undefined;
  readonly onFault: StreamedAnswerOptions['onFault'];
}

/** Charges the client of a request. @returns its share of the database @throws RequestError RATE_LIMITED */
async function enter({ db, requests }: SitemapOptions, request: FastifyRequest): Promise<Queryable> {
  const context = requests.anonymous(request);
  await context.limits.requireSolvent();
  await context.limits.spend(points);
  return db.of(clientKey(context));
}

/** Registers `robots.txt`, the index of all sitemaps, and the sitemaps. */
export const sitemapRoutes =
  (options: SitemapOptions) =>
  (app: FastifyInstance): Promise<void> => {
    const { lists, settings, siteUrl } = options;
    const control = publicControl(settings.publicCacheSeconds);
    // Each holds a page of rows.
    const places = new AnswerPlaces({ most: 16, mostOfAddress: 4, busy });
    app.addHook('onRequest', (_request, reply, done) => {
      void reply.headers({ 'cache-control': nothingKept, 'x-content-type-options': 'nosniff' });
      addVary(reply, 'accept-encoding');
      done();
    });
    refuseForeignReads(app, settings.pageOrigins);
    app.get(robotsPath, (request, reply) => {
      void reply.header('cache-control', control).type('text/plain; charset=utf-8');
      return sendTagged(request, reply, robotsText(siteUrl()));
    });
    app.get(sitemapPath, async (request, reply) => {
      places.take(request, reply);
      const text = sitemapIndex(await allParts(options, request));
      void reply.header('cache-control', control).type(xmlType);
      return sendTagged(request, reply, text);
    });
    for (const list of lists)
      app.get<{ Params: { part: string } }>(
        `/sitemap-${list.name}-:part(^\\d{1,6}).xml`,
        async (request, reply) => {
          places.take(request, reply);
          return sendPart({ list, part: Number(request.params.part) }, options, request, reply);
        },
      );
    return Promise.resolve();
  };

async function allParts(options: SitemapOptions, request: FastifyRequest): Promise<Listed[]> {
  const { lists, siteUrl, partSize = usualPartSize } = options;
  const db = await enter(options, request);
  const listed: Listed[] = [];
  // One after the other: each reads a whole list.
  for (const list of lists)
    for (const { part, lastModified } of await list.selectParts(db, partSize))
      listed.push({ address: siteUrl() + sitemapPartPath(list.name, part), lastModified });
  return listed;
}

/** One sitemap that is asked for. */
interface Wanted {
  readonly list: PageList;
  readonly part: number;
}

async function sendPart(
  { list, part }: Wanted,
  options: SitemapOptions,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { siteUrl, settings, onFault, partSize = usualPartSize } = options;
  const db = await enter(options, request);
  const [found] = await list.selectParts(db, partSize, part);
  if (!found) throw new RequestError('NOT_FOUND', 'There is no such sitemap.');
  void reply.header('cache-control', publicControl(settings.publicCacheSeconds)).type(xmlType);
  const etag = tagOf(reply, `${siteUrl()} ${partSize} ${found.digest}`);
  const known = sendUnlessKnown(request, reply, etag);
  if (known) return known;
  // A body of unknown length, so that no wrong one is told.
  if (request.method === 'HEAD') return reply.send(Readable.from([]));
  const pieces = piecesOf(list, db, { size: partSize, part, site: siteUrl() });
  return sendPieces(request, reply, pieces, { maxStallMs: settings.maxAnswerStallMs, onFault });
}

async function* piecesOf(
  list: PageList,
  db: Queryable,
  { size, part, site }: { readonly size: number; readonly part: number; readonly site: string },
): AsyncGenerator<string> {
  const [begin, end] = sitemapFrame;
  yield begin;
  let after: string | undefined;
  do {
    const { pages, next } = await list.selectPages(db, { size, part, after, limit: pagesAtOnce });
    if (pages.length > 0)
      yield sitemapEntries(pages.map(({ path, lastModified }) => ({ address: site + path, lastModified })));
    after = next;
  } while (after !== undefined);
  yield end;
}

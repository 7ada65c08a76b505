import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { quality } from '../../platform/http/accepted.ts';
import { connectSources } from '../../platform/http/browsers.ts';
import { addVary } from '../../platform/http/cache-control.ts';
import { embedFilesPath, embedPath } from '../../platform/http/paths.ts';
import { sendUnlessKnown } from '../../platform/http/tagged-answer.ts';
import { type EmbedFile, type EmbedFiles, type Encoding } from './embed-files.ts';
import { embedPage } from './embed-page.ts';

/*
 * What pages of other sites load: the file of the element `<standfirst-thread>`, and a page with nothing but the element for frames.
 * That page is the only one of the service that may be framed, and only by the sites of EMBED_SITES; without any it does not exist.
 */

export interface EmbedOptions {
  readonly files: EmbedFiles;
  /** Origins of the sites whose pages show threads. */
  readonly sites: readonly string[];
  /** The site's public URL, without a slash at its end; known once the service listens. */
  readonly siteUrl: () => string;
}

/** The names of the files stay, so that browsers ask again soon, and go on with the old file meanwhile. */
const fileControl = 'public, max-age=300, stale-while-revalidate=86400';

/** Policy of the frame's page: its own scripts and connections, pictures of authors, and only these sites around it. */
function framePolicy({ sites, siteUrl }: EmbedOptions): string {
  const own = siteUrl().startsWith('http:') ? `${new URL(siteUrl()).origin} ` : '';
  return [
    "default-src 'none'",
    "script-src 'self'",
    `img-src 'self' ${own}https: data:`,
    connectSources(siteUrl()),
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${sites.join(' ')}`,
  ].join('; ');
}

function encodingFor(request: FastifyRequest, { bytes }: EmbedFile): Encoding {
  const takes = (each: 'br' | 'gzip'): boolean => quality(request, 'accept-encoding', each) > 0;
  return (['br', 'gzip'] as const).find((each) => bytes[each] && takes(each)) ?? 'identity';
}

function sendFile(request: FastifyRequest, reply: FastifyReply, file: EmbedFile): FastifyReply {
  addVary(reply, 'accept-encoding');
  void reply.headers({ 'cache-control': fileControl, 'x-content-type-options': 'nosniff' }).type(file.type);
  const known = sendUnlessKnown(request, reply, file.etag);
  if (known) return known;
  const encoding = encodingFor(request, file);
  if (encoding !== 'identity') void reply.header('content-encoding', encoding);
  return reply.send(file.bytes[encoding] ?? file.bytes.identity);
}

/** Registers the addresses of the element. */
export const embedRoutes =
  (options: EmbedOptions) =>
  (app: FastifyInstance): Promise<void> => {
    const { files, sites } = options;
    for (const name of files.names) {
      const file = files.get(name);
      if (file) app.get(embedFilesPath + name, (request, reply) => sendFile(request, reply, file));
    }
    if (sites.length === 0) return Promise.resolve();
    app.get(embedPath, (request, reply) => {
      const text = embedPage(request.query);
      // It would contradict the policy: it knows no list of sites.
      void reply.removeHeader('x-frame-options');
      void reply.headers({
        'content-security-policy': framePolicy(options),
        'referrer-policy': 'strict-origin-when-cross-origin',
        'cache-control': 'no-cache',
        // The pop-up sign-in hands a login to this page: the two have to know each other.
        'cross-origin-opener-policy': 'unsafe-none',
      });
      return reply.type('text/html; charset=utf-8').send(text);
    });
    return Promise.resolve();
  };

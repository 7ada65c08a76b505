import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest, onSendHookHandler } from 'fastify';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { connectSources, prefersHtml } from '../../platform/http/browsers.ts';
import { isOwnOrigin } from '../../platform/http/origins.ts';
import { assetsPath, isForPrograms, licencesPath, pageRoutes } from '../../platform/http/paths.ts';
import type { UnknownPage } from '../../platform/http/server.ts';
import type { PublicReader } from '../../platform/operations/public-reader.ts';
import type { ShowPage } from '../../platform/page/compose-pages.ts';
import { html } from '../../platform/page/html.ts';
import { renderHead } from '../../platform/page/page-head.ts';
import { PageTemplate } from './page-template.ts';
import { notFoundView, type PageSource, type PageView } from '../../platform/page/served.ts';

export interface PageOptions {
  /** The folder of the built page; a folder without one means that there is no page. */
  readonly webRoot: string;
  /** The pages of all features, by their routes. */
  readonly pages: ReadonlyMap<string, ShowPage>;
  readonly reader: PublicReader<FastifyRequest>;
  /** The site's public URL, without a slash at its end; known once the service listens. */
  readonly siteUrl: () => string;
  /** Origins of the sites whose pages show threads. */
  readonly embedSites: readonly string[];
}

/**
 * Allows only what the page needs, and no code but its own files and the scripts in the built page. Photos may be at any address that their journalists
 * chose, and the service's own pictures have its public address, which may be another one than that of this request.
 */
function contentSecurityPolicy(siteUrl: string, scripts: readonly string[]): string {
  return [
    "default-src 'none'",
    ['script-src', "'self'", ...scripts].join(' '),
    "style-src 'self'",
    "font-src 'self'",
    `img-src 'self' ${siteUrl.startsWith('http:') ? `${new URL(siteUrl).origin} ` : ''}https: data:`,
    connectSources(siteUrl),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join('; ');
}

/** The types of files that the library sends without the charset of their text. */
const nameCharset: onSendHookHandler = (_request, reply, payload, done) => {
  if (reply.getHeader('content-type') === 'image/svg+xml') void reply.type('image/svg+xml; charset=utf-8');
  done(null, payload);
};

/** The readers' page: one built page for all addresses, each with a head of its own. */
export class ReaderPage implements UnknownPage {
  private constructor(
    private readonly options: PageOptions,
    private readonly template: PageTemplate,
  ) {}

  /** @returns undefined if no page was built */
  static async open(options: PageOptions): Promise<ReaderPage | undefined> {
    const template = await PageTemplate.read(options.webRoot);
    return template && new ReaderPage(options, template);
  }

  /** Answers a request for the page of a route. */
  async show(route: string, request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const [params, query] = [
      request.params as Record<string, string>,
      request.query as Record<string, unknown>,
    ];
    const view = await this.options.pages.get(route)?.(params, query, this.#sourceFor(request));
    return this.#sendView(request, reply, view ?? notFoundView);
  }

  /** Whether a request seeks a page at this address, whether or not there is one. */
  isFor(request: FastifyRequest): boolean {
    return !isForPrograms(request.url) && prefersHtml(request);
  }

  /** Answers that there is no such page. */
  send(request: FastifyRequest, reply: FastifyReply): void {
    void reply.header('vary', 'accept');
    this.#sendView(request, reply, notFoundView);
  }

  /** Registers the page's addresses, except the front page's, and its files. */
  async serve(app: FastifyInstance): Promise<void> {
    const { webRoot, pages } = this.options;
    for (const route of pages.keys())
      if (route !== pageRoutes.front) app.get(route, (request, reply) => this.show(route, request, reply));
    const assets = join(webRoot, 'assets');
    const files = { preCompressed: true, cacheControl: false, dotfiles: 'ignore', index: false } as const;
    await app.register(fastifyStatic, {
      ...files,
      root: assets,
      prefix: assetsPath,
      // Here and not in a hook, so that responses for missing files are not stored.
      setHeaders: (response, path) => {
        // The names of these files are digests of their contents.
        const fixed = path.startsWith(assets);
        response.setHeader('cache-control', `public, max-age=${fixed ? '31536000, immutable' : '86400'}`);
        response.setHeader('vary', 'accept-encoding');
      },
    });
    for (const path of ['/favicon.svg', licencesPath])
      app.get(path, { onSend: nameCharset }, (_request, reply) => reply.sendFile(path.slice(1), webRoot));
  }

  #sourceFor(request: FastifyRequest): PageSource {
    const { reader, siteUrl, embedSites } = this.options;
    return {
      read: (source, variables) => reader.read({ source }, variables, request) as never,
      siteUrl: siteUrl(),
      // Frames of the service's own are on pages of these sites.
      mayEmbed: (origin) =>
        embedSites.includes(origin) ||
        (embedSites.length > 0 && isOwnOrigin(origin, request.headers, siteUrl())),
    };
  }

  #sendView(request: FastifyRequest, reply: FastifyReply, view: PageView): FastifyReply {
    const { openedBy } = view;
    // The page's script reads it at any time, so that it is not marked as served.
    const opener =
      openedBy === undefined ? html`` : html`<meta name="standfirst-site" content="${openedBy}" />`;
    const text = this.template.fill(html`${renderHead(view.head)}${opener}`, view.content);
    void reply.code(view.status ?? 200).headers({
      'content-security-policy': contentSecurityPolicy(this.options.siteUrl(), this.template.scriptSources),
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'strict-origin-when-cross-origin',
      'cache-control': view.unread || openedBy !== undefined ? 'no-store' : 'no-cache',
    });
    // Otherwise the browser would take away the reference to the window that waits for the login.
    if (openedBy !== undefined) void reply.header('cross-origin-opener-policy', 'unsafe-none');
    if (view.status === undefined && !view.unread && openedBy === undefined) {
      // A digest of the whole response; weak, since compressed and plain bytes share it.
      const digest = createHash('sha256').update(text).digest('base64url');
      void reply.header('etag', `W/"${digest}"`);
      if (request.headers['if-none-match']?.includes(`"${digest}"`)) return reply.code(304).send();
    }
    return reply.type('text/html; charset=utf-8').send(text);
  }
}

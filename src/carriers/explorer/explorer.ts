import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { FastifyPluginCallback, FastifyReply, FastifyRequest } from 'fastify';
import { quality } from '../../platform/http/accepted.ts';
import { connectSources } from '../../platform/http/browsers.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** Path of the explorer, and content of its editor on the first visit. */
export interface ExplorerOptions {
  /** Path of the GraphQL endpoint: the page sends its queries there and opens its socket there. */
  readonly path: string;
  /** GraphQL document for the first tab; it may hold several named operations. */
  readonly defaultQuery: string;
  /** The service's public URL; known once it listens. */
  readonly siteUrl: () => string;
}

/** The GraphQL explorer of one server. It loads nothing from any other origin. */
export interface Explorer {
  /** Fastify plugin that serves scripts, style and workers below `<path>/explorer/`. */
  readonly assets: FastifyPluginCallback;
  /** Answers with the page, or with 304 if the browser has it already. */
  sendExplorer(reply: FastifyReply): Promise<FastifyReply>;
}

/** A file of the page, compressed once; for the few clients without gzip it is decompressed at each request. */
interface Asset {
  readonly type: string;
  readonly gzipped: Buffer;
}

/** The built explorer. */
interface Site {
  /** A digest of all assets, which is part of their paths. */
  readonly version: string;
  readonly assets: ReadonlyMap<string, Asset>;
  readonly page: string;
  readonly etag: string;
}

/**
 * Creates the explorer, which is built at its first request: reading and compressing GraphiQL takes about a quarter of
 * a second and 50 MB, which servers without explorer users, and every start in a test, are spared.
 */
export function createExplorer(options: ExplorerOptions): Explorer {
  let built: Promise<Site> | undefined;
  const open = (): Promise<Site> => (built ??= buildSite(options));
  return {
    assets: (app, _options, done) => {
      app.get<{ Params: { version: string; name: string } }>(
        `${options.path}/explorer/:version/:name`,
        async (request, reply) => {
          const { version, assets } = await open();
          const asset = request.params.version === version ? assets.get(request.params.name) : undefined;
          if (!asset) return reply.callNotFound();
          return sendAsset(request, reply, asset);
        },
      );
      done();
    },
    sendExplorer: async (reply) => {
      const { page, etag } = await open();
      void reply.headers({
        'content-security-policy': contentSecurityPolicy(options.siteUrl()),
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'cache-control': 'no-cache',
        vary: 'accept',
        etag,
      });
      if (reply.request.headers['if-none-match']?.includes(etag)) return reply.code(304).send();
      return reply.type('text/html; charset=utf-8').send(page);
    },
  };
}

/** Reads GraphiQL, compresses it and makes the page. Rejects if the package lacks an expected file. */
async function buildSite({ path, defaultQuery }: ExplorerOptions): Promise<Site> {
  const assets = await loadAssets();
  const version = digest(Buffer.concat([...assets.values()].map((asset) => asset.gzipped)));
  const page = renderPage(`${path}/explorer/${version}`, { endpoint: path, defaultQuery });
  return { version, assets, page, etag: `"${digest(page)}"` };
}

/**
 * Allows only what the page needs: its own files, fonts and images inlined in the style, fetch and socket to this
 * service.
 */
function contentSecurityPolicy(siteUrl: string): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    "worker-src 'self'",
    "style-src 'self' 'unsafe-inline'", // the Monaco editor writes style elements and attributes
    'font-src data:',
    "img-src 'self' data:",
    connectSources(siteUrl),
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}

async function sendAsset(request: FastifyRequest, reply: FastifyReply, asset: Asset) {
  void reply.headers({
    // For workers, which follow the policy of their own response: ours compute, and never fetch.
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'x-content-type-options': 'nosniff',
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
  });
  void reply.type(asset.type);
  const takesGzip = quality(request, 'accept-encoding', 'gzip') > 0;
  if (!takesGzip) return reply.send(await unpack(asset.gzipped));
  return reply.header('content-encoding', 'gzip').send(asset.gzipped);
}

function digest(content: string | Buffer): string {
  return createHash('sha256').update(content).digest('hex').slice(0, 16);
}

async function loadAssets(): Promise<Map<string, Asset>> {
  // Imported here and not at the top, because the module holds 9 MB of text.
  const graphiql = await import('@graphql-yoga/render-graphiql/graphiql');
  // The browser build of the same graphql-ws that serves our sockets; its export map doesn't name the file.
  const graphqlWs = join(createRequire(import.meta.url).resolve('graphql-ws/package.json'), '../umd');
  const script = 'text/javascript; charset=utf-8';
  const sources: [name: string, type: string, source: string][] = [
    ['start.js', script, startScript],
    ['graphql-ws.js', script, await readFile(join(graphqlWs, 'graphql-ws.min.js'), 'utf8')],
    ['graphiql.js', script, graphiql.js],
    ['graphiql.css', 'text/css; charset=utf-8', graphiql.css],
    ['editor.worker.js', script, graphiql.editorWorkerService],
    ['json.worker.js', script, graphiql.jsonWorker],
    ['graphql.worker.js', script, graphiql.graphqlWorker],
    ['icon.svg', 'image/svg+xml', icon],
  ];
  const assets = new Map<string, Asset>();
  for (const [name, type, source] of sources) assets.set(name, { type, gzipped: await pack(source) });
  return assets;
}

function renderPage(base: string, options: { endpoint: string; defaultQuery: string }): string {
  const json = JSON.stringify({ ...options, base, icon });
  const attribute = json.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Standfirst GraphQL explorer</title>
    <link rel="icon" href="${base}/icon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="${base}/graphiql.css" />
    <script defer src="${base}/start.js"></script>
    <script defer src="${base}/graphql-ws.js"></script>
    <script defer src="${base}/graphiql.js"></script>
  </head>
  <body class="no-focus-outline">
    <noscript>The explorer is a script: please allow JavaScript for this page.</noscript>
    <div id="root" data-options="${attribute}"></div>
  </body>
</html>
`;
}

/** A headline and the paragraph below it, the standfirst. */
const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32" width="32" height="32">' +
  '<rect width="32" height="32" rx="7" fill="#b3261e"/>' +
  '<path d="M7 10h18" stroke="#fff" stroke-width="5"/>' +
  '<path d="M7 17h18M7 21h18M7 25h11" stroke="#fff" stroke-width="2"/></svg>';

/**
 * Runs in the browser, before GraphiQL. GraphiQL's own fetcher is not used, because it doesn't pass the headers to the
 * socket and repeats a subscription after a lost connection, which would hide a gap in the events.
 */
const startScript = String.raw`'use strict';
const root = document.getElementById('root');
const { endpoint, base, icon, defaultQuery } = JSON.parse(root.dataset.options);
const workers = { json: 'json.worker.js', graphql: 'graphql.worker.js' };

self.MonacoEnvironment = {
  globalAPI: false,
  getWorkerUrl: (_module, label) => base + '/' + (workers[label] ?? 'editor.worker.js'),
};

/** The headers that have a value: an untouched "Bearer " is a hint to the reader and not a credential. */
function filledIn(headers) {
  return Object.fromEntries(Object.entries(headers ?? {}).filter(([, value]) => !/^(bearer)?\s*$/i.test(value)));
}

async function send(operation, headers) {
  const response = await fetch(endpoint, {
    method: 'POST',
    credentials: 'same-origin',
    headers: {
      accept: 'application/graphql-response+json, application/json;q=0.9',
      'content-type': 'application/json',
      ...headers,
    },
    body: JSON.stringify(operation),
  });
  if (/json/.test(response.headers.get('content-type'))) return response.json();
  throw new Error('HTTP ' + response.status + ': ' + (await response.text()).slice(0, 500));
}

/** An observable and not an async generator: that one couldn't be stopped while it waits for the next event. */
function subscribe(operation, headers) {
  const credential = Object.entries(headers).find(([name]) => name.toLowerCase() === 'authorization');
  const client = graphqlWs.createClient({
    url: new URL(endpoint, location.href.replace(/^http/, 'ws')).href,
    connectionParams: credential && { Authorization: credential[1] },
    keepAlive: 10_000,
    retryAttempts: 0,
  });
  // A close event would print as {"isTrusted": true}; the reader wants its code and reason.
  const readable = (e) => (e instanceof CloseEvent ? new Error('Socket closed: ' + e.code + ' ' + e.reason) : e);
  return {
    subscribe: ({ next, error, complete }) => ({
      unsubscribe: client.subscribe(operation, { next, complete, error: (e) => error(readable(e)) }),
    }),
  };
}

function fetcher(operation, { headers, documentAST } = {}) {
  const operations = documentAST?.definitions.filter(({ kind }) => kind === 'OperationDefinition') ?? [];
  const chosen = operations.find(({ name }) => name?.value === operation.operationName) ?? operations[0];
  const run = chosen?.operation === 'subscription' ? subscribe : send;
  return run(operation, filledIn(headers));
}

document.addEventListener('DOMContentLoaded', () => {
  // A link may bring a document, which is shown and not run.
  const linked = new URLSearchParams(location.search);
  const saved = JSON.parse(localStorage.getItem('graphiql:tabState'));
  const lastTab = saved?.tabs[saved.activeTabIndex];
  YogaGraphiQL.renderYogaGraphiQL(root, {
    fetcher,
    title: 'Standfirst',
    logo: icon,
    // told anything else than its last tab, GraphiQL opens one more on each visit
    initialQuery: linked.get('query') ?? lastTab?.query ?? defaultQuery,
    initialVariables: linked.has('query') ? (linked.get('variables') ?? '') : lastTab?.variables,
    defaultHeaders: '{\n  "Authorization": "Bearer "\n}',
    shouldPersistHeaders: false, // credentials stay out of localStorage
    onEditQuery: () => {}, // or the document would go to the address, and a reload would run it by GET
  });
});
`;

import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { accessTokens } from '../../harness/sessions.ts';
import {
  frontPageStatement,
  journalistPageStatement,
  permalinkStatement,
  searchPageStatement,
} from './other-pages.queries.ts';
import { pageStatement } from './page.queries.ts';

/*
 * Reference for the service: node:http, pg, and one statement that builds the whole answer, planned once for each
 * connection. It verifies the same token as the service does, and that its session is live. It tells the pages apart by
 * the beginning of the operation.
 */

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE),
  application_name: 'standfirst-bench-handwritten',
});

/** A page, with the parameters of its statement. */
interface Page {
  readonly name: string;
  readonly text: string;
  readonly values: (variables: Readonly<Record<string, string>>) => (string | undefined)[];
}

const viewerPage = pageStatement(true);

/** The pages for readers who are signed out, by the name of the operation. */
const pages: Readonly<Record<string, Page>> = {
  ArticlePage: { name: 'page', text: pageStatement(false), values: ({ slug }) => [slug] },
  FrontPage: { name: 'front', text: frontPageStatement, values: () => [] },
  JournalistPage: { name: 'journalist', text: journalistPageStatement, values: ({ slug }) => [slug] },
  SearchPage: {
    name: 'search',
    text: searchPageStatement,
    values: ({ query = '' }) => [query, scopeHash(query)],
  },
  Permalink: {
    name: 'permalink',
    text: permalinkStatement,
    values: ({ slug, around = '' }) => [slug, Buffer.from(around, 'base64url').toString().split(':')[2]],
  },
};

/** As the service names the filter of a list in its cursors. */
const scopeHash = (value: string): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 16);

interface Body {
  readonly query: string;
  readonly variables: Readonly<Record<string, string>>;
}

async function readBody(request: IncomingMessage): Promise<Body> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Body;
}

async function findPage(
  { query, variables }: Body,
  authorization: string | undefined,
): Promise<string | undefined> {
  if (authorization === undefined) {
    const page = pages[/^query (\w+)/.exec(query)?.[1] ?? ''];
    if (!page) return undefined;
    const { name, text, values } = page;
    const { rows } = await pool.query<{ body: string }>({ name, text, values: values(variables) });
    return rows[0]?.body;
  }
  const claims = await accessTokens.verify(authorization.replace('Bearer ', ''));
  if (!claims) return undefined;
  const values = [variables.slug, claims.sessionId, claims.accountId];
  const { rows } = await pool.query<{ body: string }>({ name: 'viewer-page', text: viewerPage, values });
  return rows[0]?.body;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await findPage(await readBody(request), request.headers.authorization);
  const status = body === undefined ? 404 : 200;
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' });
  response.end(body ?? '{}');
}

const server = createServer((request, response) => {
  answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
});
server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`Listening on http://127.0.0.1:${(server.address() as AddressInfo).port}/\n`);
});
process.on('SIGTERM', () => {
  server.closeAllConnections();
  server.close(() => void pool.end().then(() => process.exit(0)));
});
answerParent();

import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Pool } from 'pg';
import { answerParent } from '../../harness/processes/answer-parent.ts';
import { accessTokens } from '../../harness/sessions.ts';
import { pageStatement } from './page.queries.ts';

/*
 * Reference for the service: node:http, pg, and one statement that builds the whole answer, planned once for each
 * connection. It verifies the same token as the service does, and that its session is live. It serves one page.
 */

const pool = new Pool({
  connectionString: process.env.DATABASE_URL,
  max: Number(process.env.DATABASE_POOL_SIZE),
  application_name: 'standfirst-bench-handwritten',
});
const statements = {
  signedOut: { name: 'page', text: pageStatement(false) },
  signedIn: { name: 'viewer-page', text: pageStatement(true) },
} as const;

async function readSlug(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const { variables } = JSON.parse(Buffer.concat(chunks).toString()) as { variables: { slug: string } };
  return variables.slug;
}

async function findPage(slug: string, authorization: string | undefined): Promise<string | undefined> {
  if (authorization === undefined) {
    const { rows } = await pool.query<{ body: string }>({ ...statements.signedOut, values: [slug] });
    return rows[0]?.body;
  }
  const claims = await accessTokens.verify(authorization.replace('Bearer ', ''));
  if (!claims) return undefined;
  const values = [slug, claims.sessionId, claims.accountId];
  const { rows } = await pool.query<{ body: string }>({ ...statements.signedIn, values });
  return rows[0]?.body;
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await findPage(await readSlug(request), request.headers.authorization);
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

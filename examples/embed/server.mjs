// A site whose pages show discussions of a service: npm start [-- ADDRESS [PORT]], or node server.mjs [ADDRESS] [PORT]
// It prints the settings with which the service lets it, and believes its logins. It needs no packages.
import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { pages } from './pages.mjs';

const [address = 'http://127.0.0.1:4000', port = '4600'] = process.argv.slice(2);
const server = createServer().listen(Number(port), '127.0.0.1');
await once(server, 'listening');
const site = `http://127.0.0.1:${server.address().port}`;
const secret = randomBytes(32).toString('base64url');

// #region policy
// Nothing inline, no styles by attribute, no eval, and Trusted Types: the element needs none of them.
const policy = [
  "default-src 'none'",
  `script-src 'self' ${address}`,
  "style-src 'self'",
  `img-src 'self' ${address} https: data:`,
  `connect-src 'self' ${address} ${address.replace(/^http/, 'ws')}`,
  `frame-src ${address}`,
  "base-uri 'none'",
  "form-action 'self'",
  "require-trusted-types-for 'script'",
  'trusted-types standfirst',
].join('; ');
// #endregion policy

// #region token
// The reader whom the site has signed in. The token is valid for a minute, and once; nobody but this reader may be given it.
const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
function sign(reader) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: site,
    aud: 'standfirst',
    sub: reader.id,
    name: reader.name,
    email: reader.email,
    email_verified: true,
    jti: randomUUID(),
    iat: now,
    exp: now + 60,
  };
  const signed = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${signed}.${createHmac('sha256', secret).update(signed).digest('base64url')}`;
}
// #endregion token

const readers = { ida: { id: '17', name: 'Ida Example', email: 'ida@example.org' } };

/** Who is signed in at this site: the cookie of a first look. A real site has a session here. */
const readerOf = ({ headers }) => readers[/(?:^|; )reader=(\w+)/.exec(headers.cookie ?? '')?.[1] ?? ''];

const types = { css: 'text/css', mjs: 'text/javascript', svg: 'image/svg+xml' };

async function answer(request, response) {
  const { pathname } = new URL(request.url, site);
  const reader = readerOf(request);
  response.setHeader('cache-control', 'no-store');
  if (request.method === 'POST' && pathname === '/comment-token')
    return reader ? response.end(sign(reader)) : response.writeHead(204).end();
  if (request.method === 'POST' && (pathname === '/login' || pathname === '/logout')) {
    const cookie = pathname === '/login' ? 'reader=ida' : 'reader=; Max-Age=0';
    const headers = { 'set-cookie': `${cookie}; Path=/; HttpOnly; SameSite=Lax`, location: '/host-login' };
    return response.writeHead(303, headers).end();
  }
  const page = pages[pathname];
  if (page) {
    response.setHeader('content-type', 'text/html; charset=utf-8');
    response.setHeader('content-security-policy', policy);
    return response.end(page({ address, reader }));
  }
  const [, name, ending] = /^\/([\w-]+\.(css|mjs|svg))$/.exec(pathname) ?? [];
  const file = name && (await readFile(join(import.meta.dirname, 'public', name)).catch(() => undefined));
  if (!file) return response.writeHead(404).end('There is no such page.');
  response.setHeader('content-type', `${types[ending]}; charset=utf-8`);
  return response.end(file);
}

server.on('request', (request, response) => void answer(request, response));

const issuer = {
  id: 'demo',
  name: 'The Demo',
  issuer: site,
  audience: 'standfirst',
  algorithm: 'HS256',
  secret,
};
console.log(`The site: ${site}`);
// The last two let readers begin discussions of pages on this machine.
const settings = {
  EMBED_SITES: site,
  HOST_TOKEN_ISSUERS: `'${JSON.stringify([issuer])}'`,
  EMBED_UNKNOWN_ADDRESSES: 'open',
  WEBHOOK_PRIVATE_NETWORKS: 'on',
};
const line = Object.entries(settings).map(([name, value]) => `${name}=${value}`);
console.log(`${line.join(' ')} npm start`);
process.once('SIGTERM', () => process.exit(0));
process.once('SIGINT', () => process.exit(0));

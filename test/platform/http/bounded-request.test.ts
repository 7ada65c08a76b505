/**
 * Requests to services elsewhere: no redirect is followed, and no answer is longer than its bound.
 * @database none
 */
import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { boundedRequest, OtherServiceUnavailable } from '../../../src/platform/http/bounded-request.ts';

let server: Server;
let url: string;
const asked: string[] = [];

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(`${request.method} ${request.url}`);
    if (request.url === '/moved') return response.writeHead(302, { location: `${url}/inner` }).end();
    if (request.url === '/endless') {
      // Ends with the connection, which the client closes.
      const more = (): void => void (response.destroyed || response.write('x'.repeat(65_536), more));
      return more();
    }
    // Headers and a beginning, and nothing more.
    if (request.url === '/silent') return response.write('{');
    if (request.url === '/broken') return response.destroy();
    response.setHeader('content-type', 'application/json');
    request.setEncoding('utf8').on('data', (body) => response.end(JSON.stringify({ body })));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterAll(async () => {
  server.close();
  // No connection is kept open.
  await once(server, 'close');
});

it('sends a form, and answers as fetch does', async () => {
  const answer = await boundedRequest(`${url}/token`, {
    method: 'POST',
    body: new URLSearchParams({ code: 'a b' }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get('content-type')).toBe('application/json');
  expect(await answer.json()).toEqual({ body: 'code=a+b' });
});

it('follows no redirect', async () => {
  expect((await boundedRequest(`${url}/moved`, {})).status).toBe(302);
  expect(asked).not.toContain('GET /inner');
});

it('gives up an endless answer and a broken one', async () => {
  await expect(boundedRequest(`${url}/endless`, {})).rejects.toThrow(OtherServiceUnavailable);
  await expect(boundedRequest(`${url}/broken`, {})).rejects.toThrow(OtherServiceUnavailable);
});

it('sends and takes bytes, as many as it says', async () => {
  const bytes = Buffer.from('three bytes');
  const answer = await boundedRequest(`${url}/echo`, { method: 'PUT', body: bytes, maxBytes: 22 });
  expect(await answer.json()).toEqual({ body: 'three bytes' });
  const tooFew = boundedRequest(`${url}/echo`, { method: 'PUT', body: bytes, maxBytes: 21 });
  await expect(tooFew).rejects.toThrow(OtherServiceUnavailable);
});

it('ends with its signal, before an answer and within one', async () => {
  const ended = AbortSignal.abort();
  await expect(boundedRequest(`${url}/token`, { signal: ended })).rejects.toThrow(OtherServiceUnavailable);
  const signal = AbortSignal.timeout(100);
  await expect(boundedRequest(`${url}/silent`, { signal })).rejects.toThrow(OtherServiceUnavailable);
});

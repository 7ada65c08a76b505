/** @database either */
import { afterEach, describe, expect, it } from '@jest/globals';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { useApp } from '../../support/app.ts';
import { EventStream, fetchStream } from '../../support/event-stream.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket } from '../../support/raw-socket.ts';
import { makeWebRoot } from '../../support/web-page.ts';

const pageDocument =
  'subscription Page($articleId: ID!, $after: EventCursor) { articleEvents(articleId: $articleId, after: $after) { __typename cursor } }';
/** Another document of the page, with a variable whose value a client may choose. */
const openDocument =
  'subscription Open($articleId: ID!, $first: Int) { articleEvents(articleId: $articleId) { cursor ... on CommentEvent { comment { replies(first: $first) { totalCount } } } } }';
const ofNobody = (n: number) =>
  `subscription N${n}($articleId: ID!) { articleEvents(articleId: $articleId) { cursor } }`;

describe('an article whose room for selections is used up', () => {
  const web = makeWebRoot();
  const digests = [pageDocument, openDocument].map((text) =>
    createHash('sha256').update(text).digest('base64url'),
  );
  writeFileSync(join(web.path, 'live-documents.json'), JSON.stringify(digests));
  const service = useApp({ MAX_SELECTIONS_PER_ARTICLE: '20', TRUST_PROXY: 'true' }, { webRoot: web.path });
  const sockets: RawSocket[] = [];

  afterEach(async () => {
    for (const { ws } of sockets.splice(0)) ws.terminate();
    await eventually('every feed to be released', () => service().app.hub.size.streams === 0);
  });

  const from = (address: string) => ({ 'x-forwarded-for': address });
  const connect = async (address: string): Promise<RawSocket> => {
    const socket = await new RawSocket(service().url, { headers: from(address) }).open();
    sockets.push(socket);
    return socket;
  };
  const codeOf = async (socket: RawSocket, id: string): Promise<string> => {
    const { type, payload } = await socket.answerTo(id);
    return type === 'next' && payload.data ? 'live' : (payload.errors ?? payload)[0].extensions.code;
  };

  /** Subscribes from ten addresses, each with the maximum number of selections. */
  async function fill(articleId: string): Promise<void> {
    for (let n = 0; n < 20; n++) {
      const socket = await connect(`192.0.2.${1 + (n % 10)}`);
      socket.subscribe('1', ofNobody(n), { articleId });
      expect(await codeOf(socket, '1')).toBe('live');
    }
  }

  it('still has room for the page’s selections, over WebSocket and event streams, from any address', async () => {
    const { id: articleId } = await service().addArticle();
    await fill(articleId);
    for (const address of ['192.0.2.1', '198.51.100.1']) {
      const socket = await connect(address);
      socket.subscribe('1', ofNobody(99), { articleId });
      expect(await codeOf(socket, '1')).toBe('TOO_MANY_SUBSCRIPTIONS');
      socket.subscribe('2', pageDocument, { articleId });
      expect(await codeOf(socket, '2')).toBe('live');
      const request = { variables: { articleId }, headers: from(address) };
      // Not an EventSource, which would receive a status of 200 and reconnect.
      const headers = { ...from(address), accept: 'application/json' };
      const refused = await fetchStream(service().url, { ...request, headers, query: ofNobody(99) });
      expect(refused.status).toBe(429);
      await refused.body?.cancel();
      const stream = await EventStream.open(service().url, { ...request, query: pageDocument });
      await stream.waitFor(1);
      stream.abort();
    }
    expect(service().app.hub.size.groups).toBe(21);
  });

  it('has no such room for selections that a client can vary, even with a document of the page', async () => {
    const { id: articleId } = await service().addArticle();
    const socket = await connect('203.0.113.1');
    socket.subscribe('fixed', openDocument, { articleId });
    expect(await codeOf(socket, 'fixed')).toBe('live');
    // One address may have two selections, as with every other document.
    const codes: string[] = [];
    for (let first = 1; first <= 4; first++) {
      socket.subscribe(String(first), openDocument, { articleId, first });
      codes.push(await codeOf(socket, String(first)));
    }
    expect(codes).toEqual(['live', 'live', 'TOO_MANY_SUBSCRIPTIONS', 'TOO_MANY_SUBSCRIPTIONS']);
    // Variables that the document does not declare do not change the selection.
    for (let n = 0; n < 5; n++) {
      socket.subscribe(`more${n}`, pageDocument, { articleId, more: n, after: null });
      expect(await codeOf(socket, `more${n}`)).toBe('live');
    }
    expect(service().app.hub.size.groups).toBe(4);
  });

  it('still has room for the documents of the manifest', async () => {
    const { TrustedDocuments } = await import('../../../src/platform/operations/trusted-documents.ts');
    const { KnownDocuments } = await import('../../../src/platform/live/known-documents.ts');
    const { parse } = await import('graphql');
    const trusted = new TrustedDocuments([['a', ofNobody(1)]]);
    const known = await KnownDocuments.open({ webRoot: undefined, trusted });
    const has = (text: string, variables = {}) =>
      known.has({ document: parse(text), operationName: undefined, variables, cost: 1 });
    expect([has(ofNobody(1), { articleId: 'x' }), has(ofNobody(2)), has(pageDocument)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

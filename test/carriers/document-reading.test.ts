/** @database either */
import { describe, expect, it } from '@jest/globals';
import { getIntrospectionQuery } from 'graphql';
import { useApp } from '../support/app.ts';
import { fetchStream } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { RawSocket } from '../support/raw-socket.ts';

/** A document whose validation takes milliseconds and fails; each number makes a different one. */
function heavy(number: number): string {
  const tree = (levels: number): string =>
    levels === 0 ? 'id' : `parent { ${tree(levels - 1)} } `.repeat(3).concat('id');
  return `subscription { articleEvents(articleId: "none") { ... on CommentEvent { comment { ${tree(4)} } } } } #${number}`;
}

const from = (address: string) => ({ 'x-forwarded-for': address });

describe('documents that the node does not know', () => {
  const service = useApp({ TRUST_PROXY: 'true', MAX_QUERY_COST: '100', MAX_SUBSCRIPTIONS_PER_SOCKET: '100' });

  it('are parsed and validated one at a time, while all other work continues', async () => {
    const { id } = await service().addArticle();
    const [flood, other] = await Promise.all(
      ['192.0.2.1', '192.0.2.2'].map((address) =>
        new RawSocket(service().url, { headers: from(address) }).open(),
      ),
    );
    if (!flood || !other) throw new Error('No sockets');
    const refused = () => flood.messages.filter(({ type }) => type === 'error').length;
    const count = 100;
    for (let number = 0; number < count; number += 1) flood.subscribe(String(number), heavy(number));
    const health = fetch(`${service().url}/health/live`).then(() => refused());
    const query = service()
      .query('query Unknown { __typename }', {}, { headers: from('192.0.2.3') })
      .then(() => refused());
    other.subscribe('1', `subscription Unknown { articleEvents(articleId: "${id}") { cursor } }`);
    const subscription = other.answerTo('1').then(() => refused());
    // Each of the three takes a few turns of the event loop, in which less than half of the flood is answered.
    const meanwhile = await Promise.all([health, query, subscription]);
    expect(Math.max(...meanwhile)).toBeLessThan(count / 2);
    await eventually('all documents to be refused', () => refused() === count);
    flood.ws.terminate();
    other.ws.terminate();
  });
});

describe('a client that sends one unknown document after another', () => {
  const service = useApp({ RATE_LIMITS: 'on', TRUST_PROXY: 'true' });

  it('is refused with RATE_LIMITED on every transport, and may still send known documents', async () => {
    const { id } = await service().addArticle();
    const headers = from('192.0.2.5');
    const long = (number: number) => `query Long { __typename } # ${'.'.repeat(60_000)} ${number}`;
    const ask = (query: string, client = headers) => service().query(query, {}, { headers: client });
    const live = (name: string) => `subscription ${name} { articleEvents(articleId: "${id}") { cursor } }`;
    const raw = await new RawSocket(service().url, { headers }).open();
    raw.subscribe('known', live('Known'));
    expect((await raw.answerTo('known')).type).toBe('next');
    expect((await ask('query Known { __typename }')).status).toBe(200);
    for (let number = 0; number < 4; number += 1) expect((await ask(long(number))).status).toBe(200);

    const padding = '.'.repeat(20_000);
    const refused = await ask(long(4));
    expect([refused.status, refused.errors]).toMatchObject([
      429,
      [{ extensions: { code: 'RATE_LIMITED', retryAfterSeconds: expect.any(Number) } }],
    ]);
    expect((await ask(`${getIntrospectionQuery()} # ${padding}`)).status).toBe(429);
    raw.subscribe('unknown', `${live('Unknown')} # ${padding}`);
    expect(await raw.answerTo('unknown')).toMatchObject({
      type: 'error',
      payload: [{ extensions: { code: 'RATE_LIMITED' } }],
    });
    const post = { method: 'POST', headers, query: `${live('Other')} # ${padding}` } as const;
    expect((await fetchStream(service().url, post)).status).toBe(429);

    // The remaining budget is enough for shorter documents.
    expect((await ask('query Short { __typename }')).status).toBe(200);
    expect((await ask('query Known { __typename }')).status).toBe(200);
    raw.subscribe('again', live('Known'));
    expect((await raw.answerTo('again')).type).toBe('next');
    expect((await ask(long(5), from('192.0.2.6'))).status).toBe(200);
    raw.ws.terminate();
  });
});

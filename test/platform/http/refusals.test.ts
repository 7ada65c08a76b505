/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { RawSocket } from '../../support/raw-socket.ts';

describe('the service refuses', () => {
  const service = useApp();

  it('a subscription over plain HTTP, with a message that names WebSocket', async () => {
    const { id } = await service().addArticle();
    const answer = await service().query(`subscription { articleEvents(articleId: "${id}") { sequence } }`);
    expect(answer.status).toBe(400);
    expect(answer.data).toBeUndefined();
    expect(answer.errors).toMatchObject([
      { message: expect.stringContaining('WebSocket'), extensions: { code: 'BAD_REQUEST' } },
    ]);
  });

  it('a client that keeps sending and does not read the answers', async () => {
    const flood = await new RawSocket(service().url).open();
    flood.ws.pause();
    const ping = JSON.stringify({ type: 'ping', payload: { text: 'x'.repeat(60_000) } });
    // More than the buffers of both sides hold.
    for (let sent = 0; sent < 1500; sent++) flood.ws.send(ping, () => undefined);
    await eventually('the socket to be cut', async () => {
      const text = await (await fetch(`${service().url}/metrics`)).text();
      return /websocket_closes_total\{code="1006"\} [1-9]/.test(text);
    });
    flood.ws.terminate();
  });
});

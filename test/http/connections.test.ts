import { describe, expect, it } from '@jest/globals';
import { connect, type Socket } from 'node:net';
import { type TestApp, useApp } from '../support/app.ts';
import { eventually } from '../support/eventually.ts';

const limit = { MAX_CONNECTIONS_PER_ADDRESS: '5' };

/** A connection of an address of this machine; undefined: it was closed at once. */
async function open({ url }: TestApp, from: string): Promise<Socket | undefined> {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), localAddress: from });
  socket.on('error', () => undefined);
  socket.write('GET /health/live HTTP/1.1\r\nHost: x\r\n\r\n');
  const answered = new Promise<boolean>((resolve) => {
    socket.once('data', () => resolve(true));
    socket.once('close', () => resolve(false));
  });
  return (await answered) ? socket : undefined;
}

const openAll = (app: TestApp, from: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => open(app, from)));

const close = (sockets: readonly (Socket | undefined)[]): void =>
  sockets.forEach((socket) => socket?.destroy());

describe('the connections of one address', () => {
  const service = useApp(limit);

  it('are bounded, whatever is asked on them; those of others are not concerned', async () => {
    const app = service();
    const sockets = await openAll(app, '127.0.0.2', 8);
    expect(sockets.filter((socket) => socket !== undefined)).toHaveLength(5);
    const others = await openAll(app, '127.0.0.3', 5);
    expect(others).not.toContain(undefined);
    close(sockets);
    const again = await eventually('there to be room again', () => open(app, '127.0.0.2'));
    close([...others, again]);
  });
});

describe('the connections of a proxy', () => {
  const service = useApp({ ...limit, TRUST_PROXY: 'true' });

  it('are counted by the proxy', async () => {
    const sockets = await openAll(service(), '127.0.0.2', 8);
    expect(sockets).not.toContain(undefined);
    close(sockets);
  });
});

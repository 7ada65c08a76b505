/**
 * @database either
 */
import { describe, expect, it } from '@jest/globals';
import { connect } from 'node:net';
import { type TestApp, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';

const limit = { MAX_CONNECTIONS_PER_ADDRESS: '5' };

/** Opens a connection from an address of this machine. @returns the socket, and the status of the first answer */
async function open({ url }: TestApp, from: string, path = '/graphql?query={__typename}') {
  const socket = connect({ host: '127.0.0.1', port: Number(new URL(url).port), localAddress: from });
  socket.on('error', () => undefined);
  socket.write(`GET ${path} HTTP/1.1\r\nHost: x\r\nApollo-Require-Preflight: yes\r\n\r\n`);
  const answer = await new Promise<string>((resolve) => {
    socket.once('data', (data: Buffer) => resolve(data.toString()));
    socket.once('close', () => resolve(''));
  });
  return { socket, answer, status: Number(answer.split(' ')[1]) };
}

type Opened = Awaited<ReturnType<typeof open>>;

const openAll = (app: TestApp, from: string, count: number) =>
  Promise.all(Array.from({ length: count }, () => open(app, from)));

const close = (opened: readonly Opened[]): void => opened.forEach(({ socket }) => socket.destroy());
const statuses = (opened: readonly Opened[]) => opened.map(({ status }) => status).sort();

describe('the connections of one address', () => {
  const service = useApp(limit);

  it('are bounded: further ones are answered 429 and closed, and other addresses are not affected', async () => {
    const app = service();
    const opened = await openAll(app, '127.0.0.2', 8);
    expect(statuses(opened)).toEqual([200, 200, 200, 200, 200, 429, 429, 429]);
    const refused = opened.find(({ status }) => status === 429);
    expect(refused?.answer).toMatch(/retry-after: 1\r\n/);
    expect(refused?.answer).toContain('"code":"RATE_LIMITED"');
    await eventually('the refused connection to close', () => refused?.socket.closed);
    const others = await openAll(app, '127.0.0.3', 5);
    expect(statuses(others)).toEqual([200, 200, 200, 200, 200]);
    const probe = await open(app, '127.0.0.2', '/health/live');
    const metrics = await fetch(`${app.url}/metrics`);
    expect(probe.status).toBe(200);
    expect(await metrics.text()).toMatch(/^standfirst_refused_connections_total 4$/m);
    close([...opened, probe]);
    const again = await eventually('room for another connection', async () => {
      const one = await open(app, '127.0.0.2');
      if (one.status === 200) return one;
      one.socket.destroy();
      return undefined;
    });
    close([...others, again]);
  });

  it('are closed after a while if they are beyond the limit and carry no request', async () => {
    const app = service();
    const opened = await openAll(app, '127.0.0.4', 5);
    const silent = connect({
      host: '127.0.0.1',
      port: Number(new URL(app.url).port),
      localAddress: '127.0.0.4',
    });
    silent.on('error', () => undefined).resume();
    await eventually('the silent connection to close', () => silent.closed);
    close(opened);
  });
});

describe('the connections of a proxy', () => {
  const service = useApp({ ...limit, TRUST_PROXY: 'true' });

  it('are not limited, because the proxy has to limit its clients', async () => {
    const opened = await openAll(service(), '127.0.0.2', 8);
    expect(statuses(opened)).toEqual(opened.map(() => 200));
    close(opened);
  });
});

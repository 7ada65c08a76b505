/**
 * @database either
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { Holdings } from '../../../src/platform/http/holdings.ts';
import { eventually } from '../../support/eventually.ts';

describe('holdings', () => {
  let server: Server;
  let holdings: Holdings;
  const clients: Socket[] = [];
  const limits = { maxHeldBytesPerClient: 200_000, maxHeldBytes: 500_000, maxAnswerStallMs: 60_000 };

  beforeEach(async () => {
    server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
  });
  afterEach(async () => {
    holdings.close();
    for (const client of clients.splice(0)) client.destroy();
    server.close();
    await once(server, 'close');
  });

  /** The server's side of a new connection. */
  async function accept(): Promise<Socket> {
    const arrived = once(server, 'connection') as Promise<[Socket]>;
    const client = connect((server.address() as { port: number }).port, '127.0.0.1');
    clients.push(client.on('error', () => undefined));
    const [socket] = await arrived;
    return socket.on('error', () => undefined);
  }

  it('take responses to mutations although there is no room, up to twice the bound', async () => {
    holdings = new Holdings({ ...limits, direction: 'out' });
    const socket = await accept();
    const inAnyCase = { inAnyCase: true };
    const releases = [holdings.hold('a', 150_000, socket)];
    expect(holdings.hold('a', 100_000, socket)).toBeUndefined();
    releases.push(holdings.hold('a', 100_000, socket, inAnyCase));
    releases.push(holdings.hold('a', 150_000, socket, inAnyCase));
    expect(holdings.bytes).toBe(400_000);
    expect(holdings.hold('a', 1, socket, inAnyCase)).toBeUndefined();
    for (const release of releases) release?.();
    expect(holdings.bytes).toBe(0);
  });

  it('make room for others by closing a stuck connection of the client that holds most', async () => {
    holdings = new Holdings({ ...limits, direction: 'in' });
    const [first, second, mine] = [await accept(), await accept(), await accept()];
    holdings.hold('a', 180_000, first);
    holdings.hold('b', 190_000, second);
    holdings.hold('c', 100_000, mine);
    // No connection is stuck yet.
    expect(holdings.hold('c', 90_000, mine)).toBeUndefined();
    await eventually('room to be made', () => holdings.hold('d', 150_000, mine));
    expect([first.destroyed, second.destroyed, mine.destroyed]).toEqual([false, true, false]);
    expect(holdings.bytes).toBe(430_000);
    // Clients that hold less than the new one would are left alone.
    expect(holdings.hold('e', 190_000, mine)).toBeUndefined();
    expect([first.destroyed, mine.destroyed]).toEqual([false, false]);
  });
});

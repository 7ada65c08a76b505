import { expect, it } from '@jest/globals';
import { connect, createServer, type Socket } from 'node:net';
import { once } from 'node:events';
import { Holdings } from '../../src/http/holdings.ts';

it('who has changed something is answered, though there be no room', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const arrived = once(server, 'connection') as Promise<[Socket]>;
  const client = connect((server.address() as { port: number }).port, '127.0.0.1');
  const [socket] = await arrived;
  const holdings = new Holdings({
    maxHeldBytesPerClient: 200_000,
    maxHeldBytes: 1_000_000,
    maxAnswerStallMs: 10_000,
  });
  const first = holdings.hold('a', 150_000, socket);
  expect(holdings.hold('a', 100_000, socket)).toBeUndefined();
  const forced = holdings.hold('a', 100_000, socket, true);
  expect(holdings.bytes).toBe(250_000);
  first?.();
  forced?.();
  expect(holdings.bytes).toBe(0);
  holdings.close();
  client.destroy();
  server.close();
  await once(server, 'close');
});

import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';
import { countedAddress } from './client-address.ts';
import { Tally } from './tally.ts';

/**
 * Ends connections on which nothing was ever asked once the service closes. Browsers open some in advance; Node counts them
 * as busy until their first request is overdue, and would wait for that.
 */
export function endSilentConnections(app: FastifyInstance): void {
  const sockets = new Set<Socket>();
  let closing = false;
  app.server.on('connection', (socket: Socket) => {
    if (closing) socket.destroy();
    else {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    }
  });
  app.addHook('preClose', (done) => {
    closing = true;
    for (const socket of sockets) if (socket.bytesRead === 0) socket.destroy();
    done();
  });
}

/**
 * Keeps an address to a number of connections, whatever it asks on them, or does not ask. Behind a proxy there is one address,
 * and the proxy counts.
 */
export function limitConnections(
  app: FastifyInstance,
  limits: { readonly maxConnectionsPerAddress: number; readonly trustProxy: boolean },
): void {
  if (limits.trustProxy) return;
  const open = new Tally();
  app.server.on('connection', (socket: Socket) => {
    const address = countedAddress(socket.remoteAddress ?? '');
    if (open.count(address) >= limits.maxConnectionsPerAddress) return void socket.destroy();
    open.add(address);
    socket.once('close', () => open.remove(address));
  });
}

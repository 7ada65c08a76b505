import type { Socket } from 'node:net';
import type { FastifyInstance } from 'fastify';

/**
 * Once the service closes, ends connections that never had a request. Browsers open some in advance; Node counts them
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

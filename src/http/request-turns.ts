import type { RequestListener, Server } from 'node:http';
import type { Gate } from '../operations/gate.ts';
import { clientAddress } from './client-address.ts';
import { ClosingServer } from './closing-server.ts';
import { isProbe } from './paths.ts';
import { leaveUnreadBodies, refuseTinyChunks } from './tiny-chunks.ts';

export interface RequestTurnsOptions {
  readonly gate: Gate;
  readonly trustProxy: boolean;
  /** Is aborted when clients are to go elsewhere. */
  readonly leaving: AbortSignal;
  /** Called when a connection is ended because a body came in chunks that are too small. */
  readonly onTinyChunks: (address: string) => void;
}

/**
 * Time in which a request has to arrive, and time for which a connection without requests stays open, in milliseconds.
 */
const requestTimeoutMs = 30_000;
const keepAliveMs = 72_000;

/** Most requests of one connection that may wait for their responses; browsers send one at a time. */
export const maxPipelined = 10;

/**
 * Creates the HTTP server. Node passes on all requests of one read of a connection, back to back: here each of them
 * waits for a turn of its client before the framework sees it, and a connection with too many is closed.
 */
export function createTurnServer(listener: RequestListener, options: RequestTurnsOptions): Server {
  const server = new ClosingServer(options.leaving, (request, response, waiting) => {
    const { socket } = request;
    if (waiting > maxPipelined) return void socket.destroy();
    const address = clientAddress(request, options.trustProxy);
    refuseTinyChunks(request, () => options.onTinyChunks(address));
    leaveUnreadBodies(request, response);
    // A probe checks whether the service is alive, so it waits for no turn.
    const turn = waiting === 1 && isProbe(request) ? undefined : options.gate.turn(address);
    if (!turn) return listener(request, response);
    void turn.then(() => {
      // A client that went while its request waited is not served.
      if (!socket.destroyed) listener(request, response);
    });
  });
  server.requestTimeout = requestTimeoutMs;
  server.keepAliveTimeout = keepAliveMs;
  return server;
}

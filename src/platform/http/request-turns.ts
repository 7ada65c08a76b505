import type { RequestListener, Server } from 'node:http';
import type { Socket } from 'node:net';
import type { Gate } from '../operations/gate.ts';
import { clientAddress } from './client-address.ts';
import { ClosingServer } from './closing-server.ts';
import { lacksHost } from './origins.ts';
import { isProbe } from './paths.ts';
import { leaveUnreadBodies, refuseTinyChunks } from './tiny-chunks.ts';

export interface RequestTurnsOptions {
  readonly gate: Gate;
  readonly trustProxy: boolean;
  /** Is aborted when clients are to go elsewhere. */
  readonly leaving: AbortSignal;
  /** Called when a connection is ended because a body came in chunks that are too small. */
  readonly onTinyChunks: (address: string) => void;
  /** Called when a connection is ended because too many of its requests wait for their responses. */
  readonly onPipelined: (address: string) => void;
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
 * waits for a turn of its client before the framework sees it, and a connection with too many is ended.
 */
export function createTurnServer(listener: RequestListener, options: RequestTurnsOptions): Server {
  const server = new ClosingServer(options.leaving, (request, response, waiting) => {
    const { socket } = request;
    const address = clientAddress(request, options.trustProxy);
    if (waiting > maxPipelined) {
      endUnread(socket);
      return options.onPipelined(address);
    }
    if (lacksHost(request)) return void response.writeHead(400, { connection: 'close' }).end();
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

/** A socket as Node's server has it: `lib/_http_server.js` calls the parser's `onIncoming` for each request. */
interface ParsedSocket extends Socket {
  readonly parser?: { onIncoming: () => number } | null;
}

/**
 * Ends a connection together with what has been read from it: the parser would make requests of all of that, two
 * thousand of 64 KiB, although the socket is destroyed.
 */
function endUnread(socket: ParsedSocket): void {
  socket.destroy();
  // By this number Node tells its parser that what follows is no HTTP.
  if (socket.parser) socket.parser.onIncoming = () => 2;
}

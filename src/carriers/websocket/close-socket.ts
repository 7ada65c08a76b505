import type { WebSocket } from 'ws';

/** Codes with which the service closes sockets, by the reaction of the stock graphql-ws client. */
export const closeCodes = {
  // The client reconnects.
  serviceRestart: 1012,
  tryAgainLater: 1013,
  forbidden: 4403,
  // The client does not reconnect.
  badRequest: 4400,
  subscriberExists: 4409,
  tooManySockets: 4429,
} as const;

/** Codes of RFC 6455 that a peer or a broken connection ends with, those of graphql-ws, and the service's own. */
const countedCloseCodes: ReadonlySet<number> = new Set([
  1000,
  1001,
  1002,
  1003,
  1005,
  1006,
  1007,
  1008,
  1009,
  1010,
  1011,
  4400,
  4401,
  4403,
  4406,
  4408,
  4409,
  4429,
  4499,
  4500,
  4504,
  ...Object.values(closeCodes),
]);

/**
 * A close code as a label of metrics: a peer may close with any of 2,000 codes, each of which would be a permanent
 * series.
 */
export function countedCloseCode(code: number): string {
  return countedCloseCodes.has(code) ? String(code) : 'other';
}

/**
 * How long a client that was sent away may take to read up to the close frame, in milliseconds; nothing is written to
 * it meanwhile.
 */
const sentAwayMs = 15_000;

const sentAway = new WeakSet<WebSocket>();

/** Asks a client to reconnect later; a client that does not even read the close frame is cut in the end. */
export function sendAway(socket: WebSocket): void {
  if (sentAway.has(socket)) return;
  sentAway.add(socket);
  socket.close(closeCodes.tryAgainLater, 'Try again later');
  const deadline = setTimeout(() => socket.terminate(), sentAwayMs);
  socket.once('close', () => clearTimeout(deadline));
}

/**
 * The code for which a socket was closed: the one that was sent, even if the client was cut before it had read that.
 */
export function closeReason(socket: WebSocket, code: number): number {
  return sentAway.has(socket) ? closeCodes.tryAgainLater : code;
}

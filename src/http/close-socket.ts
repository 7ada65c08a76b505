import type { WebSocket } from 'ws';

/** Why a socket is closed, and what the stock graphql-ws client does then. */
export const closeCodes = {
  // It comes back.
  serviceRestart: 1012,
  tryAgainLater: 1013,
  forbidden: 4403,
  // It does not.
  badRequest: 4400,
  subscriberExists: 4409,
  tooManySockets: 4429,
} as const;

/** How long a peer may take to answer a close, in milliseconds; one that is dead or does not read would hold things up. */
export const closeGraceMs = 2000;

/** How long one that was sent away may take to read up to that, in milliseconds: nothing more is written to it meanwhile. */
const sentAwayMs = 15_000;

const sentAway = new WeakSet<WebSocket>();

/** Asks a client to come back later; one that does not even read the request is cut off in the end. */
export function sendAway(socket: WebSocket): void {
  if (sentAway.has(socket)) return;
  sentAway.add(socket);
  socket.close(closeCodes.tryAgainLater, 'Try again later');
  const deadline = setTimeout(() => socket.terminate(), sentAwayMs);
  socket.once('close', () => clearTimeout(deadline));
}

/** Why a socket was closed: what it was told, also where it was cut off before it had read that. */
export function closeReason(socket: WebSocket, code: number): number {
  return sentAway.has(socket) ? closeCodes.tryAgainLater : code;
}

import type { Socket } from 'node:net';

/** Time for which a connection that is given up stays open, so that its client can receive the reason, in milliseconds. */
const lastWordsMs = 1000;

/** Ends a connection after the time in which its client can receive the reason. Until then the client may send more. */
export function endAfterLastWords(socket: Socket): void {
  const deadline = setTimeout(() => socket.destroy(), lastWordsMs);
  socket.once('close', () => clearTimeout(deadline));
}

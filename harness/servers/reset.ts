import type { Socket } from 'node:net';

/**
 * Resets a connection. One whose end is under way is only closed: Node would say EINVAL, and neither reset nor release it. So is one
 * that is not established yet.
 */
export function reset(socket: Socket): void {
  if (socket.writable && !socket.connecting) socket.resetAndDestroy();
  else socket.destroy();
}

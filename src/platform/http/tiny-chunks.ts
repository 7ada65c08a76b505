import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Pieces that a chunked body may have, and bytes for each of which it may have one more: each piece takes time and
 * memory of its own.
 */
const freePieces = 256;
const bytesOfPiece = 64;

/** If more than this many bytes may remain of a body, the rest is not awaited once the request is answered. */
const maxRest = 64 * 1024;

/**
 * Ends the connection of a request whose body comes in chunks that are too small, before the body is read, and even if
 * it is never read. Node's parser calls back for each chunk: a read of 64 KiB brings ten thousand of one byte.
 * @param onTinyChunks called once, before the connection is ended
 */
export function refuseTinyChunks(request: IncomingMessage, onTinyChunks: () => void): void {
  if (request.headers['transfer-encoding'] === undefined) return;
  const push = request.push.bind(request);
  let [pieces, bytes] = [0, 0];
  request.push = (piece: Buffer | null, encoding?: BufferEncoding) => {
    pieces += 1;
    bytes += piece?.length ?? 0;
    if (piece === null || pieces <= freePieces + bytes / bytesOfPiece) return push(piece, encoding);
    const { socket } = request;
    if (socket.destroyed) return false;
    onTinyChunks();
    socket.destroy();
    return false;
  };
}

/**
 * Once a request is answered, ends its connection if the body has not arrived and is long or of unknown length: Node
 * would read the rest and discard it.
 */
export function leaveUnreadBodies(request: IncomingMessage, response: ServerResponse): void {
  const { 'transfer-encoding': encoding, 'content-length': length = '0' } = request.headers;
  if (encoding === undefined && Number(length) <= maxRest) return;
  response.once('finish', () => {
    if (!request.complete) request.socket.destroySoon();
  });
}

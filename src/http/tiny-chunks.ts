import type { IncomingMessage, ServerResponse } from 'node:http';

/** A chunked body may come in so many pieces, and in one more for each so many bytes: each takes time and memory of its own. */
const freePieces = 256;
const bytesOfPiece = 64;

/** The rest of a body of more bytes than this is not waited for once the request is answered. */
const maxRest = 64 * 1024;

/**
 * Ends the connection of a request whose body comes in chunks that are too small, before anything reads the body, and
 * whether or not anything does. Node's parser calls back for each chunk: a read of 64 KiB brings ten thousand of one byte.
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
 * Ends the connection once a request is answered whose body is not there yet and is long or of unknown length: Node would
 * read the rest and throw it away.
 */
export function leaveUnreadBodies(request: IncomingMessage, response: ServerResponse): void {
  const { 'transfer-encoding': encoding, 'content-length': length = '0' } = request.headers;
  if (encoding === undefined && Number(length) <= maxRest) return;
  response.once('finish', () => {
    if (!request.complete) request.socket.destroySoon();
  });
}

import { Readable } from 'node:stream';

const pieceCharacters = 64 * 1024;

/** Whether the character at an index is the first half of a surrogate pair. */
const isHighSurrogate = (text: string, at: number): boolean => (text.charCodeAt(at) & 0xfc00) === 0xd800;

function* piecesOf(text: string): Generator<Buffer> {
  for (let from = 0; from < text.length;) {
    let to = Math.min(text.length, from + pieceCharacters);
    if (to < text.length && isHighSurrogate(text, to - 1)) to += 1;
    yield Buffer.from(text.slice(from, to));
    from = to;
  }
}

function* partsOf(bytes: Buffer): Generator<Buffer> {
  for (let from = 0; from < bytes.length; from += pieceCharacters)
    yield bytes.subarray(from, from + pieceCharacters);
}

/** As `streamText`, for bytes. */
export const streamBytes = (bytes: Buffer): Readable => Readable.from(partsOf(bytes), { objectMode: false });

/**
 * A large response in pieces, each made when the one before has been written: the whole is in memory once, and the
 * connection shows how much of it the client has taken. Written at once it would count as sent.
 */
export const streamText = (text: string): Readable => Readable.from(piecesOf(text), { objectMode: false });

/** Texts of more characters than this are sent in pieces. */
export const largeText = 4 * pieceCharacters;

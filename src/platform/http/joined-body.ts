import { promisify } from 'node:util';
import { brotliCompress, constants, crc32, deflateRaw, deflateRawSync } from 'node:zlib';

/*
 * Bodies that consist of a beginning, which is compressed once, and an end, which is different for each response. Both
 * formats consist of blocks, and a block may hold its bytes uncompressed, or compressed without reference to earlier
 * ones: so an end can be appended to a beginning that was flushed to a whole byte.
 */

export type BodyEncoding = 'br' | 'gzip';

/** The compressed beginning of a body. */
export interface Beginning {
  readonly encoding: BodyEncoding;
  readonly bytes: Buffer;
  /** Checksum and length of the uncompressed beginning. */
  readonly crc: number;
  readonly length: number;
}

const brotli = promisify(brotliCompress);
const deflate = promisify(deflateRaw);

/** As @fastify/compress compresses other responses. */
const brotliQuality = 4;

/** Header of a gzip file (RFC 1952, section 2.3): deflate, no name, no time, no operating system. */
const gzipHeader = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff]);

export async function compressBeginning(body: Buffer, encoding: BodyEncoding): Promise<Beginning> {
  const known = { encoding, crc: encoding === 'gzip' ? crc32(body) : 0, length: body.length };
  if (encoding === 'gzip') {
    const bytes = await deflate(body, { finishFlush: constants.Z_SYNC_FLUSH });
    return { ...known, bytes: Buffer.concat([gzipHeader, bytes]) };
  }
  const bytes = await brotli(body, {
    finishFlush: constants.BROTLI_OPERATION_FLUSH,
    params: {
      [constants.BROTLI_PARAM_QUALITY]: brotliQuality,
      [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
    },
  });
  return { ...known, bytes };
}

/** Longest end of a brotli body, in bytes. */
const longestBrotliEnd = 1 << 16;

/**
 * An uncompressed meta-block and the last, empty one (RFC 7932, section 9.2): a header of 20 bits, which are ISLAST = 0,
 * MNIBBLES = 0 for four nibbles, MLEN - 1, ISUNCOMPRESSED = 1; padding to a byte; the bytes.
 */
function brotliEnd(end: Buffer): Buffer[] {
  if (end.length === 0 || end.length > longestBrotliEnd) throw new Error('An end takes 1 to 65,536 bytes');
  const header = Buffer.alloc(3);
  header.writeUIntLE(((end.length - 1) << 3) | (1 << 19), 0, 3);
  return [header, end, Buffer.from([3])];
}

/** The last deflate block, and the trailer: checksum and length of all uncompressed bytes (RFC 1952, section 2.3.1). */
function gzipEnd(end: Buffer, { crc, length }: Beginning): Buffer[] {
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32(end, crc), 0);
  trailer.writeUInt32LE((length + end.length) % 2 ** 32, 4);
  return [deflateRawSync(end), trailer];
}

/** The whole compressed body. */
export function joinBody(beginning: Beginning, end: Buffer): Buffer {
  const rest = beginning.encoding === 'gzip' ? gzipEnd(end, beginning) : brotliEnd(end);
  return Buffer.concat([beginning.bytes, ...rest]);
}

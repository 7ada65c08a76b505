import { orientationOf } from './picture-orientation.ts';
import { maxParts, slice, type PictureHeader, type ReadPicture } from './picture-size.ts';

/** Bit of an extended file's flags (WebP Container Specification, "Extended File Format"). */
const alphaFlag = 0x10;

/** A chunk: its content, and the whole of it with its head, without padding. */
interface Chunk {
  readonly type: string;
  readonly content: Buffer;
  readonly whole: Buffer;
}

/**
 * Of a WebP file, the chunks `VP8L`, or `VP8 ` with `ALPH`, are decoded.
 * @returns undefined: the bytes are no WebP file, or an animation
 * @throws RangeError: the file is cut off
 */
export function readWebp(bytes: Buffer): ReadPicture | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP')
    return undefined;
  const file = slice(bytes, 0, 8 + bytes.readUInt32LE(4));
  let [alpha, exif, picture]: (Chunk | undefined)[] = [];
  for (let [chunks, at] = [0, 12]; at < file.length; chunks += 1) {
    if (chunks === maxParts) return undefined;
    const chunk = chunkAt(file, at);
    if (chunk.type === 'ANIM' || chunk.type === 'ANMF') return undefined;
    if (chunk.type === 'ALPH' && !picture) alpha ??= chunk;
    if (chunk.type === 'VP8 ' || chunk.type === 'VP8L') picture ??= chunk;
    if (chunk.type === 'EXIF') exif ??= chunk;
    // A chunk of an odd length is followed by a byte that does not count.
    at += chunk.whole.length + (chunk.whole.length % 2);
  }
  if (!picture) return undefined;
  const orientation = orientationOf(exif?.content);
  if (picture.type === 'VP8L')
    return { header: losslessHeader(picture.content), file: riff(picture), orientation };
  const header = lossyHeader(picture.content, alpha !== undefined);
  return { header, file: alpha ? riff(extended(header), alpha, picture) : riff(picture), orientation };
}

/** @throws RangeError: the file is cut off */
function chunkAt(bytes: Buffer, at: number): Chunk {
  const whole = slice(bytes, at, at + 8 + bytes.readUInt32LE(at + 4));
  return { type: whole.toString('latin1', 0, 4), content: whole.subarray(8), whole };
}

function lossyHeader(frame: Buffer, hasAlpha: boolean): PictureHeader {
  const [width, height] = [frame.readUInt16LE(6) & 0x3fff, frame.readUInt16LE(8) & 0x3fff];
  // The alpha channel is a lossless picture and a plane, both as a whole.
  return headerOf(width, height, hasAlpha ? 5 : 0);
}

function losslessHeader(frame: Buffer): PictureHeader {
  const sizes = frame.readUInt32LE(1);
  return headerOf((sizes & 0x3fff) + 1, ((sizes >> 14) & 0x3fff) + 1, 4);
}

const headerOf = (width: number, height: number, bytesOfWhole: number): PictureHeader => ({
  width,
  height,
  pixelBytes: 4,
  wholeBytes: width * height * bytesOfWhole,
  // To the size that it is stored in.
  shrunkBy: Math.max(1, Math.min(width, height) / 256),
});

/** The chunk that says that a file has an alpha channel, and the size of its picture. */
function extended({ width, height }: PictureHeader): Chunk {
  const whole = Buffer.alloc(18);
  whole.write('VP8X', 'latin1');
  whole.writeUInt32LE(10, 4);
  whole.writeUInt8(alphaFlag, 8);
  whole.writeUIntLE(width - 1, 12, 3);
  whole.writeUIntLE(height - 1, 15, 3);
  return { type: 'VP8X', content: whole.subarray(8), whole };
}

function riff(...chunks: readonly Chunk[]): Buffer[] {
  const padded = chunks.flatMap(({ whole }) => [whole, Buffer.alloc(whole.length % 2)]);
  const head = Buffer.from('RIFF\0\0\0\0WEBP', 'latin1');
  head.writeUInt32LE(
    padded.reduce((sum, { length }) => sum + length, 4),
    4,
  );
  return [head, ...padded];
}

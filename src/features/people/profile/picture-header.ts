import { readJpegHeader } from './picture-jpeg.ts';
import type { PictureHeader } from './picture-size.ts';

const pngSignature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Most chunks of a WebP file. */
const maxChunks = 100;

/**
 * The header of a picture, told by the content; undefined: the file is no JPEG, PNG or WebP picture, or one that is not decoded, such
 * as an animation.
 */
export function readPictureHeader(bytes: Buffer): PictureHeader | undefined {
  try {
    return readJpegHeader(bytes) ?? readPngHeader(bytes) ?? readWebpHeader(bytes);
  } catch (error) {
    // A length leads beyond the end of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Numbers of a pixel by PNG's type of colour: grey, RGB, palette (as RGB), grey with alpha, RGB with alpha. */
const channelsByType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** @throws RangeError: the file is cut off */
function readPngHeader(bytes: Buffer): PictureHeader | undefined {
  if (!bytes.subarray(0, 8).equals(pngSignature) || bytes.toString('latin1', 12, 16) !== 'IHDR')
    return undefined;
  const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
  const [depth, colourType, interlacing] = [bytes.readUInt8(24), bytes.readUInt8(25), bytes.readUInt8(28)];
  // Each colour type may have transparency.
  const channels = Math.min(4, (channelsByType[colourType] ?? 4) + 1);
  const pixelBytes = channels * (depth > 8 ? 2 : 1);
  // The rows of an interlaced picture come in seven passes.
  const wholeBytes = interlacing > 0 ? width * height * pixelBytes : 0;
  return { width, height, pixelBytes, wholeBytes, shrunkBy: 1 };
}

/** @throws RangeError: the file is cut off */
function readWebpHeader(bytes: Buffer): PictureHeader | undefined {
  if (bytes.toString('latin1', 0, 4) !== 'RIFF' || bytes.toString('latin1', 8, 12) !== 'WEBP')
    return undefined;
  let hasAlpha = false;
  for (let [chunks, at] = [0, 12]; chunks < maxChunks; chunks += 1) {
    const type = bytes.toString('latin1', at, at + 4);
    const length = bytes.readUInt32LE(at + 4);
    const content = bytes.subarray(at + 8);
    if (type === 'VP8 ') return lossySize(content, hasAlpha);
    if (type === 'VP8L') return losslessSize(content);
    if (type === 'ANIM' || type === 'ANMF') return undefined;
    if (type === 'ALPH') hasAlpha = true;
    // A chunk of an odd length is followed by a byte that does not count.
    at += 8 + length + (length % 2);
  }
  return undefined;
}

function lossySize(frame: Buffer, hasAlpha: boolean): PictureHeader {
  const [width, height] = [frame.readUInt16LE(6) & 0x3fff, frame.readUInt16LE(8) & 0x3fff];
  // The alpha channel is a lossless picture and a plane, both as a whole.
  return webpSizes(width, height, hasAlpha ? 5 : 0);
}

function losslessSize(frame: Buffer): PictureHeader {
  const sizes = frame.readUInt32LE(1);
  return webpSizes((sizes & 0x3fff) + 1, ((sizes >> 14) & 0x3fff) + 1, 4);
}

const webpSizes = (width: number, height: number, bytesOfWhole: number): PictureHeader => ({
  width,
  height,
  pixelBytes: 4,
  wholeBytes: width * height * bytesOfWhole,
  // To the size that it is stored in.
  shrunkBy: Math.max(1, Math.min(width, height) / 256),
});

import { crc32 } from 'node:zlib';
import { orientationOf } from './picture-orientation.ts';
import { maxParts, slice, type PictureHeader, type ReadPicture } from './picture-size.ts';

const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/** Chunks that stand once in a file and are needed, and their most bytes. */
const maxLengths: Readonly<Record<string, number>> = { IHDR: 13, PLTE: 768, tRNS: 256 };

/**
 * Of a PNG file, the chunks `IHDR`, `PLTE`, `tRNS` and `IDAT` are decoded, the last as one (W3C, PNG Specification, 5.3).
 * @returns undefined: the bytes are no PNG file, or a damaged one
 * @throws RangeError: the file is cut off
 */
export function readPng(bytes: Buffer): ReadPicture | undefined {
  if (!bytes.subarray(0, 8).equals(signature) || bytes.toString('latin1', 12, 16) !== 'IHDR')
    return undefined;
  const once = new Map<string, Buffer>();
  const pixels: Buffer[] = [];
  let exif: Buffer | undefined;
  for (let [chunks, at] = [0, 8]; chunks < maxParts; chunks += 1) {
    const length = bytes.readUInt32BE(at);
    // With the type before the content, and the checksum behind it.
    const whole = slice(bytes, at + 4, at + 12 + length);
    const type = whole.toString('latin1', 0, 4);
    const content = whole.subarray(4, -4);
    if (type === 'IEND')
      return {
        header: headerOf(once.get('IHDR')!),
        file: fileOf(once, pixels),
        orientation: orientationOf(exif),
      };
    if (type === 'eXIf') exif ??= content;
    const maxLength = maxLengths[type];
    if (maxLength !== undefined || type === 'IDAT') {
      if (crc32(whole.subarray(0, -4)) !== whole.readUInt32BE(4 + length)) return undefined;
      if (maxLength === undefined) pixels.push(content);
      else if (once.has(type) || length > maxLength) return undefined;
      else once.set(type, content);
    }
    at += 12 + length;
  }
  return undefined;
}

/** Numbers of a pixel by type of colour: grey, RGB, palette (as RGB), grey with alpha, RGB with alpha. */
const channelsByType: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 3, 4: 2, 6: 4 };

/** @throws RangeError: the header is cut off */
function headerOf(content: Buffer): PictureHeader {
  const [width, height] = [content.readUInt32BE(0), content.readUInt32BE(4)];
  const [depth, colourType, interlacing] = [
    content.readUInt8(8),
    content.readUInt8(9),
    content.readUInt8(12),
  ];
  // Each colour type may have transparency.
  const channels = Math.min(4, (channelsByType[colourType] ?? 4) + 1);
  const pixelBytes = channels * (depth > 8 ? 2 : 1);
  // The rows of an interlaced picture come in seven passes.
  const wholeBytes = interlacing > 0 ? width * height * pixelBytes : 0;
  return { width, height, pixelBytes, wholeBytes, shrunkBy: 1 };
}

function fileOf(once: ReadonlyMap<string, Buffer>, pixels: readonly Buffer[]): Buffer[] {
  const palette = ['IHDR', 'PLTE', 'tRNS'].flatMap((type) => chunk(type, once.get(type)));
  return [signature, ...palette, ...chunk('IDAT', ...pixels), ...chunk('IEND', Buffer.alloc(0))];
}

function chunk(type: string, ...contents: readonly (Buffer | undefined)[]): Buffer[] {
  const present = contents.filter((content) => content !== undefined);
  if (present.length === 0) return [];
  const [head, tail] = [Buffer.alloc(8), Buffer.alloc(4)];
  head.writeUInt32BE(present.reduce((sum, { length }) => sum + length, 0));
  head.write(type, 4, 'latin1');
  tail.writeUInt32BE(present.reduce((sum, content) => crc32(content, sum), crc32(type)));
  return [head, ...present, tail];
}

import { crc32, deflateSync } from 'node:zlib';
import sharp, { type Sharp } from 'sharp';

/*
 * Pictures that take much of whoever decodes them, made of few bytes.
 */

type Channels = 3 | 4;

/** A picture of one colour, with a corner of noise, so that no palette describes it. */
export async function plain(width: number, height: number, channels: Channels = 3): Promise<Sharp> {
  const noise = await sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: 'white',
      noise: { type: 'gaussian', mean: 128, sigma: 60 },
    },
  })
    .raw()
    .toBuffer();
  const background = channels === 4 ? { r: 90, g: 20, b: 30, alpha: 0.5 } : '#7a1f2b';
  return sharp({ create: { width, height, channels, background }, limitInputPixels: false }).composite([
    { input: noise, raw: { width: 64, height: 64, channels: 3 }, left: 0, top: 0 },
  ]);
}

/** @param depth bits of a channel */
export async function png(
  width: number,
  height: number,
  {
    channels = 3,
    depth = 8,
    progressive = false,
  }: { channels?: Channels; depth?: 8 | 16; progressive?: boolean },
): Promise<Buffer> {
  const picture = await plain(width, height, channels);
  return (depth === 16 ? picture.toColourspace('rgb16') : picture).png({ progressive }).toBuffer();
}

const chunk = (type: string, content: Buffer): Buffer => {
  const bytes = Buffer.concat([Buffer.alloc(4), Buffer.from(type, 'latin1'), content, Buffer.alloc(4)]);
  bytes.writeUInt32BE(content.length, 0);
  bytes.writeUInt32BE(crc32(bytes.subarray(4, -4)), bytes.length - 4);
  return bytes;
};

export type Format = 'png' | 'jpeg' | 'webp';

/** A part of a file that no decoder needs: a chunk or a segment, its content, how often it stands there, and where. */
export interface UselessPart {
  readonly type: string;
  readonly content: Buffer;
  readonly count: number;
  readonly isBehindPixels: boolean;
}

/** Types of parts that no decoder needs, by format: all that the standards know, and one that none knows. JPEG: APP0 to APP15 and COM. */
export const uselessTypes: Readonly<Record<Format, readonly string[]>> = {
  png: [
    ...[
      'iCCP',
      'zTXt',
      'iTXt',
      'tEXt',
      'eXIf',
      'sPLT',
      'hIST',
      'pHYs',
      'tIME',
      'gAMA',
      'cHRM',
      'sRGB',
      'bKGD',
    ],
    ...['sBIT', 'cICP', 'mDCV', 'acTL', 'fcTL', 'fdAT', 'prVt'],
  ],
  jpeg: [...Array.from({ length: 16 }, (_, number) => String.fromCharCode(0xe0 + number)), '\u00fe'],
  webp: ['ICCP', 'EXIF', 'XMP ', 'prVt'],
};

const riffChunk = (type: string, content: Buffer): Buffer => {
  const bytes = Buffer.concat([
    Buffer.from(`${type}\0\0\0\0`, 'latin1'),
    content,
    Buffer.alloc(content.length % 2),
  ]);
  bytes.writeUInt32LE(content.length, 4);
  return bytes;
};

const segment = (marker: string, content: Buffer): Buffer => {
  const bytes = Buffer.concat([Buffer.from(`\u00ff${marker}\0\0`, 'latin1'), content]);
  bytes.writeUInt16BE(content.length + 2, 2);
  return bytes;
};

/** Where parts may stand in a file that sharp wrote: behind its head, and before its end. */
const places: Readonly<Record<Format, (file: Buffer) => readonly [behindHead: number, beforeEnd: number]>> = {
  // The header is the first chunk, behind a signature of eight bytes.
  png: ({ length }) => [33, length - 12],
  jpeg: ({ length }) => [2, length - 2],
  webp: ({ length }) => [12, length],
};

const partMakers = { png: chunk, jpeg: segment, webp: riffChunk } as const;

/** A file with further parts that no decoder needs. */
export function withParts(format: Format, file: Buffer, parts: readonly UselessPart[]): Buffer {
  const [head, end] = places[format](file);
  const of = (isBehind: boolean): Buffer[] =>
    parts
      .filter(({ isBehindPixels }) => isBehindPixels === isBehind)
      .flatMap(({ type, content, count }) => Array<Buffer>(count).fill(partMakers[format](type, content)));
  const whole = Buffer.concat([
    file.subarray(0, head),
    ...of(false),
    file.subarray(head, end),
    ...of(true),
    file.subarray(end),
  ]);
  if (format === 'webp') whole.writeUInt32LE(whole.length - 8, 4);
  return whole;
}

/** Contents that become so many bytes when they are decompressed, by the type of their chunk. */
export function compressedContent(type: 'iCCP' | 'zTXt' | 'iTXt', bytes: number): Buffer {
  const heads = { iCCP: 'profile\0\0', zTXt: 'text\0\0', iTXt: 'text\0\u0001\0\0\0' };
  return Buffer.concat([
    Buffer.from(heads[type], 'latin1'),
    deflateSync(Buffer.alloc(bytes, 'a'), { level: 9 }),
  ]);
}

/** A PNG file of 100 by 100 pixels with chunks behind its header, each of which becomes so many bytes when it is decompressed. */
export async function pngWithBombs(
  bytes: number,
  count: number,
  ...types: readonly ('iCCP' | 'zTXt' | 'iTXt')[]
): Promise<Buffer> {
  const parts = types.map((type) => ({
    type,
    content: compressedContent(type, bytes),
    count,
    isBehindPixels: false,
  }));
  return withParts('png', await png(100, 100, {}), parts);
}

/** The picture of 350 MB: 1.7 MB of an interlaced PNG, 40 million pixels of four channels of 16 bits. */
export const interlacedBomb = (): Promise<Buffer> =>
  png(8000, 5000, { channels: 4, depth: 16, progressive: true });

/** A PNG file of a header, and no pixels. */
export function pngHeader(
  width: number,
  height: number,
  { depth, isInterlaced }: { depth: 8 | 16; isInterlaced: boolean },
): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, 6, 0, 0, isInterlaced ? 1 : 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  const chunks = [chunk('IHDR', header), chunk('IDAT', Buffer.alloc(0)), chunk('IEND', Buffer.alloc(0))];
  return Buffer.concat([Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'), ...chunks]);
}

/** The beginning of a JPEG file: its frame, without subsampling, and scans of one component without pixels. */
export function jpegHeader(
  width: number,
  height: number,
  { components = 3, marker = 0xc2, precision = 8, scans = 1 },
): Buffer {
  const frame = Buffer.alloc(10 + 3 * components);
  frame.set([0xff, marker, 0, frame.length - 2, precision]);
  frame.writeUInt16BE(height, 5);
  frame.writeUInt16BE(width, 7);
  frame[9] = components;
  for (let index = 0; index < components; index += 1) frame.set([index, 0x11, 0], 10 + 3 * index);
  const scan = Buffer.from([0xff, 0xda, 0, 8, 1, 0, 0, 0, 63, 0]);
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    frame,
    ...Array.from({ length: scans }, () => scan),
    Buffer.from([0xff, 0xd9]),
  ]);
}

/**
 * A JPEG file with bytes before its own segments, and comments behind them that hide the header of a small picture: whoever takes the
 * first of these comments' markers for a length finds that header.
 */
export function jpegBehind(bytes: readonly number[], file: Buffer): Buffer {
  const comment = (length: number): Buffer => {
    const segment = Buffer.alloc(2 + length);
    segment.set([0xff, 0xfe]);
    segment.writeUInt16BE(length, 2);
    return segment;
  };
  const head = Buffer.concat([Buffer.from([0xff, 0xd8, ...bytes]), comment(30_000), comment(60_000)]);
  jpegHeader(300, 300, { components: 1, marker: 0xc0 }).copy(head, 2 + bytes.length + 0xfffe, 2);
  return Buffer.concat([head, file.subarray(2)]);
}

/** The beginning of a WebP file: with a lossless picture, or with a chunk before a lossy one. */
export function webpHeader(width: number, height: number, kind: 'VP8L' | 'ALPH' | 'ANIM'): Buffer {
  const frame = Buffer.alloc(10);
  if (kind === 'VP8L') {
    frame[0] = 0x2f;
    frame.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  } else {
    frame.writeUInt16LE(width, 6);
    frame.writeUInt16LE(height, 8);
  }
  const chunks =
    kind === 'VP8L'
      ? [riffChunk(kind, frame)]
      : [riffChunk(kind, Buffer.alloc(10)), riffChunk('VP8 ', frame)];
  return riffChunk('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
}

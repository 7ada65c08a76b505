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

/** A PNG file with further chunks behind its header, each of which becomes 400 MB when it is decompressed. */
export async function pngWithBombs(...types: readonly ('iCCP' | 'zTXt' | 'iTXt')[]): Promise<Buffer> {
  const file = await png(100, 100, {});
  const bomb = deflateSync(Buffer.alloc(400_000_000), { level: 9 });
  const heads = { iCCP: 'profile\0\0', zTXt: 'text\0\0', iTXt: 'text\0\u0001\0\0\0' };
  const bombs = types.map((type) => chunk(type, Buffer.concat([Buffer.from(heads[type], 'latin1'), bomb])));
  // The header is the first chunk, behind a signature of eight bytes.
  return Buffer.concat([file.subarray(0, 33), ...bombs, file.subarray(33)]);
}

/** The picture of 350 MB: 1.7 MB of an interlaced PNG, 40 million pixels of four channels of 16 bits. */
export const interlacedBomb = (): Promise<Buffer> =>
  png(8000, 5000, { channels: 4, depth: 16, progressive: true });

/** The beginning of a PNG file: its header, and no pixels. */
export function pngHeader(
  width: number,
  height: number,
  { depth, isInterlaced }: { depth: 8 | 16; isInterlaced: boolean },
): Buffer {
  const header = Buffer.from([0, 0, 0, 0, 0, 0, 0, 0, depth, 6, 0, 0, isInterlaced ? 1 : 0]);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  return Buffer.concat([Buffer.from('\u0089PNG\r\n\u001a\n', 'latin1'), chunk('IHDR', header)]);
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
  const riff = (type: string, content: Buffer): Buffer => {
    const bytes = Buffer.concat([Buffer.from(`${type}\0\0\0\0`, 'latin1'), content]);
    bytes.writeUInt32LE(content.length, 4);
    return bytes;
  };
  const frame = Buffer.alloc(10);
  if (kind === 'VP8L') {
    frame[0] = 0x2f;
    frame.writeUInt32LE((width - 1) | ((height - 1) << 14), 1);
  } else {
    frame.writeUInt16LE(width, 6);
    frame.writeUInt16LE(height, 8);
  }
  const chunks = kind === 'VP8L' ? [riff(kind, frame)] : [riff(kind, Buffer.alloc(10)), riff('VP8 ', frame)];
  return riff('RIFF', Buffer.concat([Buffer.from('WEBP'), ...chunks]));
}

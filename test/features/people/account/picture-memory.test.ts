/**
 * @seconds 40
 * @database none
 */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { encodePicture } from '../../../../src/features/people/profile/picture-encoder.ts';
import {
  jpegBehind,
  jpegHeader,
  plain,
  png,
  pngHeader,
  pngWithBombs,
  webpHeader,
} from '../../../../harness/data/hostile-pictures.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../../..');

/** Bytes that one picture may take of the processes that receive and decode it, with the file. */
const most = 130_000_000;

const progressive = async (width: number, height: number, chromaSubsampling: '4:2:0' | '4:4:4') =>
  (await plain(width, height)).jpeg({ progressive: true, chromaSubsampling }).toBuffer();

/** The largest pictures of their kinds that are made, as the header tells what they take. */
const made: readonly [name: string, make: () => Promise<Buffer>][] = [
  ['an interlaced PNG of 16 bits', () => png(2500, 2500, { channels: 4, depth: 16, progressive: true })],
  ['a PNG of 16 bits, 39 megapixels', () => png(6000, 6500, { channels: 4, depth: 16 })],
  [
    'a PNG with bombs for its profile and its texts',
    () => pngWithBombs(400_000_000, 1, 'iCCP', 'zTXt', 'iTXt'),
  ],
  ['a PNG with 500 small bombs for its texts', () => pngWithBombs(7_900_000, 250, 'zTXt', 'iTXt')],
  [
    'a JPEG of 40 megapixels that is turned',
    async () => (await plain(8000, 5000)).withMetadata({ orientation: 6 }).jpeg().toBuffer(),
  ],
  ['a progressive JPEG of 24 megapixels', () => progressive(6000, 4000, '4:2:0')],
  ['a progressive JPEG of 15 megapixels and as much colour', () => progressive(4600, 3300, '4:4:4')],
  [
    'a progressive JPEG of CMYK, 10 megapixels',
    async () =>
      (await plain(4000, 2600))
        .toColourspace('cmyk')
        .jpeg({ progressive: true, chromaSubsampling: '4:4:4' })
        .toBuffer(),
  ],
  [
    'a lossless WebP of 22 megapixels',
    async () => (await plain(5500, 4000)).webp({ lossless: true, effort: 0 }).toBuffer(),
  ],
];

// Linux alone tells the peak of a process.
(process.platform === 'linux' ? describe : describe.skip)('the memory that a picture takes', () => {
  let folder: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standfirst-picture-memory-'));
    await writeFile(join(folder, 'small'), await (await plain(100, 100)).jpeg().toBuffer());
  });

  afterAll(() => rm(folder, { recursive: true }));

  it('is bounded', async () => {
    const paths = await Promise.all(
      made.map(async ([, make], index) => {
        const path = join(folder, String(index));
        await writeFile(path, await make());
        return path;
      }),
    );
    const program = join(root, 'test/support/picture-memory.ts');
    const { stdout } = await run(
      process.execPath,
      ['--import', join(root, 'test/runner/typescript.js'), program, join(folder, 'small'), ...paths],
      { cwd: root },
    );
    const measured = stdout.trim().split('\n');
    const figures = measured.map((line, index) => {
      const { grown, outcome } = JSON.parse(line) as { grown: number; outcome: string };
      return { name: made[index]?.[0], outcome, isBounded: grown < most, megabytes: Math.round(grown / 1e6) };
    });
    if (process.env.PICTURE_FIGURES !== undefined)
      for (const { name, megabytes } of figures) process.stderr.write(`| ${name} | ${megabytes} MB |\n`);
    expect(figures).toHaveLength(made.length);
    expect(figures.filter(({ outcome, isBounded }) => outcome !== 'made' || !isBounded)).toEqual([]);
  });
});

describe('what a picture takes', () => {
  const tooLarge = /takes too much memory/;
  const unknown = /^Not a JPEG, PNG or WebP picture, or an animated one$/;
  const text = (content: string) => Buffer.from(content, 'latin1');

  it.each<[name: string, bytes: Buffer, reason: RegExp]>([
    ['an interlaced PNG of 16 bits', pngHeader(8000, 5000, { depth: 16, isInterlaced: true }), tooLarge],
    ['an interlaced PNG', pngHeader(8000, 5000, { depth: 8, isInterlaced: true }), tooLarge],
    ['a PNG of 16 bits and long lines', pngHeader(8000, 5000, { depth: 16, isInterlaced: false }), tooLarge],
    ['a PNG of a line', pngHeader(400_000, 100, { depth: 8, isInterlaced: false }), /20 times as long/],
    ['a PNG of many pixels', pngHeader(8000, 5001, { depth: 8, isInterlaced: false }), /40 million/],
    ['a progressive JPEG', jpegHeader(8000, 5000, { components: 3 }), tooLarge],
    ['a progressive JPEG of CMYK', jpegHeader(5000, 3000, { components: 4 }), tooLarge],
    ['a JPEG whose colours come one after the other', jpegHeader(6000, 5000, { marker: 0xc0 }), tooLarge],
    ['a JPEG of too many passes', jpegHeader(100, 100, { scans: 25 }), unknown],
    ['a JPEG of arithmetic coding', jpegHeader(100, 100, { marker: 0xc9 }), unknown],
    ['a lossless JPEG', jpegHeader(100, 100, { marker: 0xc3 }), unknown],
    ['a JPEG of 12 bits', jpegHeader(100, 100, { marker: 0xc1, precision: 12 }), unknown],
    ['a lossless WebP', webpHeader(8000, 5000, 'VP8L'), tooLarge],
    ['a WebP with transparency', webpHeader(8000, 5000, 'ALPH'), tooLarge],
    ['an animated WebP', webpHeader(100, 100, 'ANIM'), unknown],
    ['a GIF', text('GIF89a\u0001\0\u0001\0'), unknown],
    ['an AVIF', text('\0\0\0\u0020ftypavif\0\0\0\0'), unknown],
    ['a TIFF', text('II*\0\u0008\0\0\0'), unknown],
    ['an SVG', text('<svg xmlns="http://www.w3.org/2000/svg" width="9999" height="9999"/>'), unknown],
    ['zeros', Buffer.alloc(5_000_000), unknown],
    ['a JPEG of zeros', Buffer.concat([text('\u00ff\u00d8'), Buffer.alloc(5_000_000)]), unknown],
  ])('is known by its header, before anything is decoded: %s', async (_name, bytes, reason) => {
    await expect(encodePicture(bytes)).rejects.toThrow(reason);
  });

  // TEM, the restarts, the image's begin and end, a stuffed zero, reserved ones, extensions, and lengths that are too short.
  it.each([
    ...[0x01, 0xd0, 0xd1, 0xd2, 0xd3, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8, 0xd9, 0x00, 0x02, 0xbf, 0xf0, 0xfd],
  ])(
    'is known although the header of a small JPEG hides behind a marker without a length: %i',
    async (marker) => {
      const bytes = jpegBehind([0xff, marker], jpegHeader(8000, 5000, {}));
      await expect(encodePicture(bytes)).rejects.toThrow(unknown);
    },
  );

  it.each([
    ['a length of 0', [0xff, 0xfe, 0, 0]],
    ['a length of 1', [0xff, 0xfe, 0, 1]],
    ['zeros', [0, 0]],
    ['a marker and zeros', [0xff, 0xfe, 0, 2, 0, 0]],
    ['no marker behind a fill byte', [0xff, 0xff, 0x00]],
    ['too many fill bytes', Array<number>(2000).fill(0xff)],
  ])('is not read from a JPEG with anything but segments before its pixels: %s', async (_name, before) => {
    await expect(encodePicture(jpegBehind(before, jpegHeader(100, 100, {})))).rejects.toThrow(unknown);
  });

  it('is known of a JPEG with fill bytes and comments before its frame', async () => {
    const whole = await (await plain(100, 100)).jpeg().toBuffer();
    for (const fill of [[], [0xff], Array<number>(500).fill(0xff)]) {
      await expect(encodePicture(jpegBehind(fill, whole))).resolves.toBeInstanceOf(Buffer);
      await expect(encodePicture(jpegBehind(fill, jpegHeader(8000, 5000, {})))).rejects.toThrow(tooLarge);
    }
  });

  it.each([1, 2, 3, 4, 5, 6, 7, 8])('does not depend on how it is turned: %s', async (orientation) => {
    const half = await plain(300, 600);
    const stored = await half.withMetadata({ orientation }).png().toBuffer();
    const { default: sharp } = await import('sharp');
    const raw = (bytes: Buffer) => sharp(bytes).removeAlpha().resize(8, 8).raw().toBuffer();
    const wanted = await sharp(stored).autoOrient().resize(256, 256, { fit: 'cover' }).png().toBuffer();
    const [own, theirs] = [await raw(await encodePicture(stored)), await raw(wanted)];
    expect(Math.max(...own.map((value, index) => Math.abs(value - theirs[index]!)))).toBeLessThan(12);
  });
});

import { constants, setPriority } from 'node:os';
import { buffer } from 'node:stream/consumers';
import sharp from 'sharp';

/*
 * The process that decodes one picture (src/features/people/profile/picture-encoder.ts): reads the file from standard input, and writes
 * a square WebP without metadata to standard output. It decides nothing: what it takes was counted before, and whoever started it ends it.
 */

/** @type {(text: string) => { size: number, quality: number, maxPixels: number, degrees: number, isMirrored: boolean }} */
const parse = JSON.parse;
const { size, quality, maxPixels, degrees, isMirrored } = parse(process.argv[2] ?? '');

// Requests go first.
setPriority(constants.priority.PRIORITY_LOW);
// On one thread, and nothing kept of it.
sharp.concurrency(1);
sharp.cache(false);
// Every other format is a parser more that strangers reach.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });

const { data, info } = await sharp(await buffer(process.stdin), {
  limitInputPixels: maxPixels,
  failOn: 'error',
  pages: 1,
})
  .resize(size, size, { fit: 'cover' })
  .raw()
  .toBuffer({ resolveWithObject: true });
// Turned once it is small: turning takes all of a picture at once.
const { width, height, channels } = info;
const turned = sharp(data, { raw: { width, height, channels } }).rotate(degrees).flop(isMirrored);
process.stdout.write(await turned.webp({ quality }).toBuffer());

import type Sharp from 'sharp';
import { readPictureHeader } from './picture-header.ts';
import { decodingBytes } from './picture-size.ts';

/** Width and height of a stored picture, in pixels. */
const size = 256;

/** Most pixels of a picture: they take time, wherever their memory is. */
const maxPixels = 40_000_000;

/** Longer side of a picture by its shorter one, at most: the part that is cut off is made smaller first, with the rest. */
const maxRatio = 20;

/** Most bytes of memory that one picture takes, with its file, whose bytes are there twice when they are received. */
const maxBytes = 96 * 1024 * 1024;
const copiesOfFile = 2;

const maxSeconds = 10;

/** Refusal of bytes that are no picture of a known kind, or one that takes too much. */
export class PictureError extends Error {}

let loading: Promise<typeof Sharp> | undefined;

/** Loaded with the first picture: 20 MB that most processes never need. */
function load(): Promise<typeof Sharp> {
  return (loading ??= import('sharp').then(({ default: sharp }) => {
    // On one thread, and nothing kept of it.
    sharp.concurrency(1);
    sharp.cache(false);
    // Every other format is a parser more that strangers reach.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
    return sharp;
  }));
}

/**
 * Makes a picture of an account of whatever was sent: a square WebP without metadata, such as the place where a photo was taken.
 * The format is told by the content, and the memory that it takes by its header, before anything is decoded. The caller lets one be
 * made at a time.
 * @throws PictureError
 */
export async function encodePicture(bytes: Buffer): Promise<Buffer> {
  const fault = faultOf(bytes);
  if (fault !== undefined) throw new PictureError(fault);
  const sharp = await load();
  try {
    return await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 })
      .timeout({ seconds: maxSeconds })
      // Turned once it is small: turning takes all of a picture at once.
      .resize(size, size, { fit: 'cover' })
      .autoOrient()
      .webp({ quality: 82 })
      .toBuffer();
  } catch (error) {
    // Its message may quote the content.
    throw new PictureError('Not a JPEG, PNG or WebP picture that can be read', { cause: error });
  }
}

/** The reason why a file is not decoded, by its header alone; undefined: it is decoded. */
function faultOf(bytes: Buffer): string | undefined {
  const header = readPictureHeader(bytes);
  if (!header) return 'Not a JPEG, PNG or WebP picture, or an animated one';
  const { width, height } = header;
  if (width * height > maxPixels) return 'The picture has more than 40 million pixels';
  if (Math.max(width, height) > maxRatio * Math.min(width, height))
    return `The picture is more than ${maxRatio} times as long as it is wide`;
  if (decodingBytes(header) + copiesOfFile * bytes.length > maxBytes)
    return 'The picture takes too much memory: save it as an ordinary JPEG (baseline, not progressive), or smaller';
  return undefined;
}

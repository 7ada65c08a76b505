import type Sharp from 'sharp';

/** Width and height of a stored picture, in pixels. */
const size = 256;

/** Most pixels of a picture: a decoded one takes four bytes each. */
const maxPixels = 40_000_000;

const maxSeconds = 10;

/** Refusal of bytes that are no picture of a known kind. */
export class PictureError extends Error {}

let loading: Promise<typeof Sharp> | undefined;

/** Loaded with the first picture: 20 MB that most processes never need. */
function load(): Promise<typeof Sharp> {
  return (loading ??= import('sharp').then(({ default: sharp }) => {
    // One picture at a time, on one thread, and nothing kept of it.
    sharp.concurrency(1);
    sharp.cache(false);
    // Every other format is a parser more that strangers reach.
    sharp.block({ operation: ['VipsForeignLoad'] });
    sharp.unblock({ operation: ['VipsForeignLoadJpeg', 'VipsForeignLoadPng', 'VipsForeignLoadWebp'] });
    return sharp;
  }));
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Makes a picture of an account of whatever was sent: a square WebP without metadata, such as the place where a photo was taken.
 * The format is told by the content. One is made at a time.
 * @throws PictureError
 */
export function encodePicture(bytes: Buffer): Promise<Buffer> {
  const made = last.then(() => encode(bytes));
  last = made.catch(() => undefined);
  return made;
}

async function encode(bytes: Buffer): Promise<Buffer> {
  const sharp = await load();
  try {
    return await sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error', pages: 1 })
      .timeout({ seconds: maxSeconds })
      .autoOrient()
      .resize(size, size, { fit: 'cover' })
      .webp({ quality: 82 })
      .toBuffer();
  } catch (error) {
    // Its message may quote the content.
    throw new PictureError('Not a JPEG, PNG or WebP picture of at most 40 million pixels', { cause: error });
  }
}

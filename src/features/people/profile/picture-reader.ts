import { readJpeg } from './picture-jpeg.ts';
import { readPng } from './picture-png.ts';
import type { ReadPicture } from './picture-size.ts';
import { readWebp } from './picture-webp.ts';

/**
 * Reads a file of a picture without decoding any of it: what decoding takes, and the parts that decoding needs. The format is told by
 * the content. All other parts, such as texts, profiles and previews, may become a thousand times as large when a library reads them,
 * and no library gets them.
 * @returns undefined: the file is no JPEG, PNG or WebP picture, or one that is not decoded, such as an animation
 */
export function readPicture(bytes: Buffer): ReadPicture | undefined {
  try {
    return readJpeg(bytes) ?? readPng(bytes) ?? readWebp(bytes);
  } catch (error) {
    // A length leads beyond the end of the file.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

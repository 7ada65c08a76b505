/** What the header of a picture says about its decoding, before anything is decoded. */
export interface PictureHeader {
  /** Width and height in pixels, as stored: before the picture is turned. */
  readonly width: number;
  readonly height: number;
  /** Bytes of a decoded pixel. */
  readonly pixelBytes: number;
  /** Bytes that the decoder takes for the whole picture at once; 0: it decodes row by row. */
  readonly wholeBytes: number;
  /** Factor by which the decoder itself shrinks the picture, in each direction. */
  readonly shrunkBy: number;
}

/** A file of a picture that was read, and not decoded. */
export interface ReadPicture {
  readonly header: PictureHeader;
  /** A file of the same picture, one piece after the other, with nothing but the parts that decoding needs. */
  readonly file: readonly Buffer[];
  /** How the stored picture is turned before it is shown: 1 to 8, by TIFF 6.0 ("Orientation"). */
  readonly orientation: number;
}

/** Most parts of a file (chunks of PNG and WebP, segments of JPEG), of any kind. Files have some hundreds at most. */
export const maxParts = 10_000;

/**
 * The bytes from one place to another.
 * @throws RangeError: the file is cut off
 */
export function slice(bytes: Buffer, from: number, to: number): Buffer {
  if (to > bytes.length) throw new RangeError('The file is cut off');
  return bytes.subarray(from, to);
}

/** Rows of a decoded picture that are in memory at a time while it is made smaller, with copies: 1,850 at most were measured. */
const rowsAtOnce = 2000;

/** How often each row of a picture of few rows is in memory: 2.2 times at most were measured. */
const copiesOfRow = 2.5;

/** Bytes of memory that making a small picture of this one takes, at most. */
export function decodingBytes({ width, height, pixelBytes, wholeBytes, shrunkBy }: PictureHeader): number {
  const [columns, rows] = [Math.ceil(width / shrunkBy), Math.ceil(height / shrunkBy)];
  return wholeBytes + columns * pixelBytes * Math.min(rowsAtOnce, copiesOfRow * rows);
}

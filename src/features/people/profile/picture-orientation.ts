/** Tag of the orientation (TIFF 6.0, section 8). */
const orientationTag = 0x0112;

/** Most entries of a directory that are read: cameras write some twenty. */
const maxEntries = 200;

/** Where the metadata begin in a file that names them. */
const named = Buffer.from('Exif\0\0', 'latin1');

/**
 * How a picture is turned before it is shown, by its Exif metadata: 1 (as it is stored) to 8; 1 as well where they do not say it, or
 * cannot be read.
 * @param exif the metadata, with or without their name
 */
export function orientationOf(exif: Buffer | undefined): number {
  try {
    return exif ? readOrientation(withoutName(exif)) : 1;
  } catch (error) {
    // A length leads beyond the end of the metadata.
    if (error instanceof RangeError) return 1;
    throw error;
  }
}

const withoutName = (exif: Buffer): Buffer =>
  exif.subarray(0, named.length).equals(named) ? exif.subarray(named.length) : exif;

function readOrientation(tiff: Buffer): number {
  const isLittleEndian = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number): number => (isLittleEndian ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const directory = isLittleEndian ? tiff.readUInt32LE(4) : tiff.readUInt32BE(4);
  const entries = Math.min(maxEntries, short(directory));
  for (let entry = 0; entry < entries; entry += 1) {
    const at = directory + 2 + 12 * entry;
    const value = short(at + 8);
    if (short(at) === orientationTag) return value >= 1 && value <= 8 ? value : 1;
  }
  return 1;
}

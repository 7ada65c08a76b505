import type { PictureHeader } from './picture-size.ts';

/** Most segments before the pixels, and most fill bytes between two of them: photos have some twenty segments and nothing between. */
const maxSegments = 500;
const maxFill = 1000;

/** Most passes over a progressive picture, each of which takes as long as all of a simple one: encoders make up to twelve. */
const maxScans = 24;

/** Markers of frames that are decoded: baseline, extended and progressive, all of Huffman coding. */
const frameMarkers = new Set([0xc0, 0xc1, 0xc2]);

/** Markers of all other frames, and of arithmetic coding; 0xc4 has tables of Huffman coding. */
const isUnknownFrame = (marker: number): boolean => marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4;

/**
 * Whether a marker begins a segment with a length, of a kind that may stand before the pixels: tables and frames, restart intervals,
 * APP0 to APP15, comments. All others are reserved, or have no length, as TEM and RST0 to RST7: whoever takes the bytes behind them
 * for a length reads on elsewhere than the decoder does.
 */
const hasLength = (marker: number): boolean =>
  (marker >= 0xc0 && marker <= 0xcf) ||
  (marker >= 0xda && marker <= 0xdd) ||
  (marker >= 0xe0 && marker <= 0xef) ||
  marker === 0xfe;

/** A frame's header (ITU T.81, B.2.2). */
interface Frame {
  readonly width: number;
  readonly height: number;
  readonly components: number;
  readonly isProgressive: boolean;
  /** Bytes of the coefficients of all components. */
  readonly coefficientBytes: number;
}

/**
 * Undefined: the bytes are no JPEG file, or one that is not decoded, such as one with anything but segments before its pixels.
 * @throws RangeError: the file is cut off
 */
export function readJpegHeader(bytes: Buffer): PictureHeader | undefined {
  if (bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  let frame: Frame | undefined;
  for (let [segments, at] = [0, 2]; segments < maxSegments; segments += 1) {
    at = endOfFill(bytes, at);
    const [begin, marker, length] = [
      bytes.readUInt8(at),
      bytes.readUInt8(at + 1),
      bytes.readUInt16BE(at + 2),
    ];
    if (begin !== 0xff || !hasLength(marker) || length < 2) return undefined;
    if (marker === 0xda) return frame && headerOf(frame, bytes.subarray(at));
    if (isUnknownFrame(marker)) return undefined;
    if (frameMarkers.has(marker)) {
      // Decoders know of one frame.
      if (frame || !(frame = frameOf(bytes.subarray(at)))) return undefined;
    }
    at += 2 + length;
  }
  return undefined;
}

/** Where the next marker begins, behind any fill bytes, which are like its first byte. @throws RangeError: there are too many */
function endOfFill(bytes: Buffer, from: number): number {
  for (let at = from; at < from + maxFill; at += 1) if (bytes.readUInt8(at + 1) !== 0xff) return at;
  throw new RangeError('There is no marker');
}

function frameOf(segment: Buffer): Frame | undefined {
  const precision = segment.readUInt8(4);
  const [height, width] = [segment.readUInt16BE(5), segment.readUInt16BE(7)];
  const components = segment.readUInt8(9);
  if (precision !== 8 || ![1, 3, 4].includes(components)) return undefined;
  const factors = Array.from({ length: components }, (_, index) => segment.readUInt8(11 + 3 * index)).map(
    (factor) => ({ across: factor >> 4, down: factor & 15 }),
  );
  if (factors.some(({ across, down }) => Math.min(across, down) < 1 || Math.max(across, down) > 4))
    return undefined;
  // Units of blocks of 8 by 8 coefficients, of two bytes each.
  const unitWidth = 8 * Math.max(...factors.map(({ across }) => across));
  const unitHeight = 8 * Math.max(...factors.map(({ down }) => down));
  const units = Math.ceil(width / unitWidth) * Math.ceil(height / unitHeight);
  const blocks = factors.reduce((sum, { across, down }) => sum + units * across * down, 0);
  const isProgressive = segment.readUInt8(1) === 0xc2;
  return { width, height, components, isProgressive, coefficientBytes: blocks * 128 };
}

/** @param pixels the file from its first scan */
function headerOf(
  { width, height, components, isProgressive, coefficientBytes }: Frame,
  pixels: Buffer,
): PictureHeader | undefined {
  if (scansOf(pixels) > maxScans) return undefined;
  // Unless one scan has all components to the end, all coefficients are kept until the last scan.
  const isWhole = isProgressive || pixels.readUInt8(4) < components;
  // The decoder shrinks to no less than the picture that is stored.
  const shrink = Math.min(width, height) / 256;
  return {
    width,
    height,
    pixelBytes: Math.max(3, components),
    wholeBytes: isWhole ? coefficientBytes : 0,
    shrunkBy: [8, 4, 2].find((factor) => shrink >= factor + 1) ?? 1,
  };
}

function scansOf(pixels: Buffer): number {
  let scans = 0;
  for (let at = 0; at < pixels.length; at += 1)
    if (pixels[at] === 0xff && pixels[at + 1] === 0xda) scans += 1;
  return scans;
}

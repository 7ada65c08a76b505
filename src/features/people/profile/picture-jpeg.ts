import { orientationOf } from './picture-orientation.ts';
import { maxParts, slice, type PictureHeader, type ReadPicture } from './picture-size.ts';

/** Most fill bytes between two segments: photos have none. */
const maxFill = 1000;

/** Most passes over a progressive picture, each of which takes as long as all of a simple one: encoders make up to twelve. */
const maxScans = 24;

/** Markers of frames that are decoded: baseline, extended and progressive, all of Huffman coding. */
const frameMarkers = new Set([0xc0, 0xc1, 0xc2]);

const scanMarker = 0xda;

/** Markers of the segments that decoding needs: frames, Huffman tables, quantization tables, restart intervals, scans. */
const neededMarkers = new Set([...frameMarkers, 0xc4, 0xdb, 0xdd, scanMarker]);

/** Markers of all other frames, and of arithmetic coding; 0xc4 has tables of Huffman coding. */
const isUnknownFrame = (marker: number): boolean => marker >= 0xc3 && marker <= 0xcf && marker !== 0xc4;

/**
 * Whether a marker begins a segment with a length, of a kind that may stand in a picture: tables and frames, restart intervals,
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

/** A segment; a scan with its pixels. */
interface Segment {
  readonly marker: number;
  readonly content: Buffer;
  /** All of it, with its marker and its length. */
  readonly whole: Buffer;
}

/**
 * Of a JPEG file, the frame, its tables and its scans are decoded, and the segments that tell which colours the components are (JFIF,
 * Adobe).
 * @returns undefined: the bytes are no JPEG file, or one that is not decoded, such as one with anything but segments before its pixels
 * @throws RangeError: the file is cut off
 */
export function readJpeg(bytes: Buffer): ReadPicture | undefined {
  if (bytes.readUInt16BE(0) !== 0xffd8) return undefined;
  const segments = segmentsOf(bytes);
  const named = (marker: number, name: string): Segment | undefined =>
    segments?.find((one) => one.marker === marker && one.content.toString('latin1', 0, name.length) === name);
  const needed = segments?.filter(({ marker }) => neededMarkers.has(marker)) ?? [];
  const frames = needed.filter(({ marker }) => frameMarkers.has(marker));
  const scans = needed.filter(({ marker }) => marker === scanMarker);
  // Decoders know of one frame.
  const frame = frames.length === 1 ? frameOf(frames[0]!) : undefined;
  if (!frame || !scans[0] || scans.length > maxScans) return undefined;
  const colours = [named(0xe0, 'JFIF\0'), named(0xee, 'Adobe')].filter((segment) => segment !== undefined);
  return {
    header: headerOf(frame, scans[0]),
    file: [startOfImage, ...[...colours, ...needed].map(({ whole }) => whole), endOfImage],
    orientation: orientationOf(named(0xe1, 'Exif\0\0')?.content),
  };
}

/**
 * All segments to the end of the image. Undefined: there is anything else, or a frame that is not decoded.
 * @throws RangeError: the file is cut off
 */
function segmentsOf(bytes: Buffer): Segment[] | undefined {
  const segments: Segment[] = [];
  for (let at = 2; segments.length < maxParts;) {
    at = endOfFill(bytes, at);
    if (bytes.readUInt16BE(at) === 0xffd9) return segments;
    const segment = segmentAt(bytes, at);
    if (!segment || isUnknownFrame(segment.marker)) return undefined;
    segments.push(segment);
    at += segment.whole.length;
  }
  return undefined;
}

const startOfImage = Buffer.from([0xff, 0xd8]);
const endOfImage = Buffer.from([0xff, 0xd9]);

/** Undefined: anything but a segment begins there. @throws RangeError: the file is cut off */
function segmentAt(bytes: Buffer, at: number): Segment | undefined {
  const [begin, marker, length] = [bytes.readUInt8(at), bytes.readUInt8(at + 1), bytes.readUInt16BE(at + 2)];
  if (begin !== 0xff || !hasLength(marker) || length < 2) return undefined;
  const end = at + 2 + length;
  const content = slice(bytes, at + 4, end);
  return {
    marker,
    content,
    whole: bytes.subarray(at, marker === scanMarker ? endOfPixels(bytes, end) : end),
  };
}

/** Where the pixels of a scan end: at a marker that is no stuffed byte and no restart. @throws RangeError: the file is cut off */
function endOfPixels(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length - 1; at += 1) {
    if (bytes[at] !== 0xff) continue;
    const next = bytes[at + 1]!;
    if (next !== 0 && next !== 0xff && (next < 0xd0 || next > 0xd7)) return at;
  }
  throw new RangeError('The file is cut off');
}

/** Where the next marker begins, behind any fill bytes, which are like its first byte. @throws RangeError: there are too many */
function endOfFill(bytes: Buffer, from: number): number {
  for (let at = from; at < from + maxFill; at += 1) if (bytes.readUInt8(at + 1) !== 0xff) return at;
  throw new RangeError('There is no marker');
}

function frameOf({ marker, content }: Segment): Frame | undefined {
  const precision = content.readUInt8(0);
  const [height, width] = [content.readUInt16BE(1), content.readUInt16BE(3)];
  const components = content.readUInt8(5);
  if (precision !== 8 || ![1, 3, 4].includes(components)) return undefined;
  const factors = Array.from({ length: components }, (_, index) => content.readUInt8(7 + 3 * index)).map(
    (factor) => ({ across: factor >> 4, down: factor & 15 }),
  );
  if (factors.some(({ across, down }) => Math.min(across, down) < 1 || Math.max(across, down) > 4))
    return undefined;
  // Units of blocks of 8 by 8 coefficients, of two bytes each.
  const unitWidth = 8 * Math.max(...factors.map(({ across }) => across));
  const unitHeight = 8 * Math.max(...factors.map(({ down }) => down));
  const units = Math.ceil(width / unitWidth) * Math.ceil(height / unitHeight);
  const blocks = factors.reduce((sum, { across, down }) => sum + units * across * down, 0);
  const isProgressive = marker === 0xc2;
  return { width, height, components, isProgressive, coefficientBytes: blocks * 128 };
}

/** @throws RangeError: the scan is cut off */
function headerOf(
  { width, height, components, isProgressive, coefficientBytes }: Frame,
  firstScan: Segment,
): PictureHeader {
  // Unless one scan has all components to the end, all coefficients are kept until the last scan.
  const isWhole = isProgressive || firstScan.content.readUInt8(0) < components;
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

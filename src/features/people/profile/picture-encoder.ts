import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { promisify } from 'node:util';
import { packageFolder } from '../../../platform/config/package-folder.ts';
import { readPicture } from './picture-reader.ts';
import { decodingBytes, type ReadPicture } from './picture-size.ts';

const run = promisify(execFile);

/** Width and height of a stored picture, in pixels. */
const size = 256;

/** Most pixels of a picture: they take time, wherever their memory is. */
const maxPixels = 40_000_000;

/** Longer side of a picture by its shorter one, at most: the part that is cut off is made smaller first, with the rest. */
const maxRatio = 20;

/** Most bytes of memory that one picture takes, with its file, whose bytes are there twice when they are received. */
const maxBytes = 96 * 1024 * 1024;
const copiesOfFile = 2;

/** Longest time in which a picture is made, in milliseconds, with the start of the process that makes it. */
const longestMs = 10_000;

/** Most bytes of a picture that was made. */
const maxMadeBytes = 1_000_000;

/** Refusal of bytes that are no picture of a known kind, or one that takes too much. */
export class PictureError extends Error {}

/** Turns a stored picture as it is shown, by its orientation: degrees clockwise, then mirrored from left to right or not. */
const turns: Readonly<Record<number, readonly [degrees: number, isMirrored: boolean]>> = {
  2: [0, true],
  3: [180, false],
  4: [180, true],
  5: [90, true],
  6: [90, false],
  7: [270, true],
  8: [270, false],
};

/**
 * Makes a picture of an account of whatever was sent: a square WebP without metadata, such as the place where a photo was taken.
 * The format is told by the content, and the memory that it takes by its header, before anything is decoded. A process of its own
 * decodes the parts that this takes, and nothing else of the file: it can be ended at any moment, whatever the libraries do, and its
 * memory goes with it. The caller lets one be made at a time.
 * @throws PictureError
 */
export async function encodePicture(bytes: Buffer, maxMs = longestMs): Promise<Buffer> {
  const picture = readPicture(bytes);
  const fault = faultOf(picture, bytes.length);
  if (!picture || fault !== undefined) throw new PictureError(fault);
  try {
    return await decode(picture, maxMs);
  } catch (error) {
    // Its message may quote the content.
    throw new PictureError('Not a JPEG, PNG or WebP picture that can be read', { cause: error });
  }
}

/** The reason why a file is not decoded, by its header alone; undefined: it is decoded. */
function faultOf(picture: ReadPicture | undefined, fileBytes: number): string | undefined {
  if (!picture) return 'Not a JPEG, PNG or WebP picture, or an animated one';
  const { width, height } = picture.header;
  if (width * height > maxPixels) return 'The picture has more than 40 million pixels';
  if (Math.max(width, height) > maxRatio * Math.min(width, height))
    return `The picture is more than ${maxRatio} times as long as it is wide`;
  if (decodingBytes(picture.header) + copiesOfFile * fileBytes > maxBytes)
    return 'The picture takes too much memory: save it as an ordinary JPEG (baseline, not progressive), or smaller';
  return undefined;
}

/** Arguments of the process that makes a picture: its program, and what it is to make. */
export function programArguments(orientation: number): string[] {
  const [degrees, isMirrored] = turns[orientation] ?? [0, false];
  return [
    join(packageFolder, 'bin/picture.js'),
    JSON.stringify({ size, quality: 82, maxPixels, degrees, isMirrored }),
  ];
}

/** @throws Error: the file cannot be decoded, or not in time */
async function decode({ file, orientation }: ReadPicture, timeout: number): Promise<Buffer> {
  const running = run(process.execPath, programArguments(orientation), {
    encoding: 'buffer',
    maxBuffer: maxMadeBytes,
    timeout,
    killSignal: 'SIGKILL',
    // It decodes what strangers sent, and knows no secret of the service.
    env: { SystemRoot: process.env.SystemRoot },
    windowsHide: true,
  });
  // The process may end before it has read everything, and says why by its exit.
  pipeline(Readable.from(file), running.child.stdin!).catch(() => undefined);
  return (await running).stdout;
}

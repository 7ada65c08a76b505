import { readFileSync, writeFileSync } from 'node:fs';
import { encodePicture } from '../../src/features/people/profile/picture-encoder.ts';

/*
 * A program: makes a picture of a file, and prints how far its resident memory grew above the level before the file was received,
 * in bytes. Linux alone tells the peak.
 */

const kilobytes = (field: string): number =>
  Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(readFileSync('/proc/self/status', 'utf8'))?.[1]);

/** A body as it is received: in pieces that are joined. */
const receive = (path: string): Buffer => {
  const file = readFileSync(path);
  const pieces: Buffer[] = [];
  for (let at = 0; at < file.length; at += 65_536) pieces.push(Buffer.from(file.subarray(at, at + 65_536)));
  return Buffer.concat(pieces);
};

const [, , small = '', path = ''] = process.argv;
// Loads the library.
await encodePicture(readFileSync(small));
const before = kilobytes('VmRSS');
// Resets the peak.
writeFileSync('/proc/self/clear_refs', '5');
const outcome = await encodePicture(receive(path)).then(
  () => 'made',
  (error: unknown) => (error instanceof Error ? error.message : String(error)),
);
process.stdout.write(JSON.stringify({ grown: (kilobytes('VmHWM') - before) * 1024, outcome }));

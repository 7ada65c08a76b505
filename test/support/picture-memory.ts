import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { encodePicture } from '../../src/features/people/profile/picture-encoder.ts';

/*
 * A program: makes pictures of files, and prints for each how far resident memory grew, in bytes: that of this process above the level
 * before the file was received, and that of the process which decodes it above what one takes for a small picture. Linux alone tells
 * the peaks.
 */

const bytesOf = (process: string, field: string): number => {
  const status = readFileSync(`/proc/${process}/status`, 'utf8');
  return 1024 * Number(new RegExp(`^${field}:\\s+(\\d+)`, 'm').exec(status)?.[1] ?? 0);
};

/** The peak of each process that this one has started, as long as it runs. */
const childPeaks = (): number[] =>
  readdirSync('/proc/self/task').flatMap((task) =>
    readFileSync(`/proc/self/task/${task}/children`, 'utf8')
      .split(' ')
      .filter((child) => child !== '')
      .map((child) => bytesOf(child, 'VmHWM')),
  );

/** A body as it is received: in pieces that are joined. */
const receive = (path: string): Buffer => {
  const file = readFileSync(path);
  const pieces: Buffer[] = [];
  for (let at = 0; at < file.length; at += 65_536) pieces.push(Buffer.from(file.subarray(at, at + 65_536)));
  return Buffer.concat(pieces);
};

async function make(path: string): Promise<{ own: number; child: number; outcome: string }> {
  const before = bytesOf('self', 'VmRSS');
  // Resets the peak.
  writeFileSync('/proc/self/clear_refs', '5');
  let child = 0;
  const looking = setInterval(() => {
    try {
      child = Math.max(child, ...childPeaks());
    } catch {
      // It has ended in between.
    }
  }, 2);
  const outcome = await encodePicture(receive(path)).then(
    () => 'made',
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  clearInterval(looking);
  return { own: bytesOf('self', 'VmHWM') - before, child, outcome };
}

const [, , small = '', ...paths] = process.argv;
const usual = await make(small);
for (const path of paths) {
  const { own, child, outcome } = await make(path);
  const grown = Math.max(0, own) + Math.max(0, child - usual.child);
  process.stdout.write(`${JSON.stringify({ grown, outcome })}\n`);
}

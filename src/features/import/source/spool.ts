import { closeSync, mkdtempSync, openSync, readSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/*
 * A temporary file for the comments of an export. Exports have the comments in the order of their times, and an import needs
 * them article by article. Each record names the place of the record before it in its list, so that memory holds one number for
 * each list, however many records there are. The file has no name once it is open: it goes with the process.
 */

/** Length of both parts of a record, and the place of the one before it in its list; -1: there is none. */
const frameBytes = 16;
const bufferBytes = 256 * 1024;
/** Read at once: the frame and most heads. */
const guessBytes = 1024;

/** A record's head, and where its body is. */
export interface SpooledHead<Head> {
  readonly head: Head;
  readonly bodyAt: number;
  readonly bodyLength: number;
}

/** Records with a head (JSON) and a body (text), in lists. */
export class Spool<Head extends object> {
  readonly #file: number;
  readonly #last = new Map<string, number>();
  readonly #counts = new Map<string, number>();
  #waiting: Buffer[] = [];
  #waitingBytes = 0;
  #size = 0;

  constructor() {
    const folder = mkdtempSync(join(tmpdir(), 'standfirst-import-'));
    try {
      this.#file = openSync(join(folder, 'spool'), 'wx+', 0o600);
    } finally {
      rmSync(folder, { recursive: true });
    }
  }

  get lists(): IterableIterator<string> {
    return this.#last.keys();
  }

  countOf(list: string): number {
    return this.#counts.get(list) ?? 0;
  }

  append(list: string, head: Head, body: string): void {
    const [headBytes, bodyBytes] = [Buffer.from(JSON.stringify(head)), Buffer.from(body)];
    const frame = Buffer.alloc(frameBytes);
    frame.writeUInt32BE(headBytes.length, 0);
    frame.writeUInt32BE(bodyBytes.length, 4);
    frame.writeDoubleBE(this.#last.get(list) ?? -1, 8);
    this.#last.set(list, this.#size + this.#waitingBytes);
    this.#counts.set(list, this.countOf(list) + 1);
    this.#waiting.push(frame, headBytes, bodyBytes);
    this.#waitingBytes += frameBytes + headBytes.length + bodyBytes.length;
    if (this.#waitingBytes >= bufferBytes) this.#flush();
  }

  /** The heads of one list, in the order in which they were appended. */
  headsOf(list: string): SpooledHead<Head>[] {
    this.#flush();
    const heads: SpooledHead<Head>[] = [];
    const guess = Buffer.alloc(guessBytes);
    for (let at = this.#last.get(list) ?? -1; at >= 0;) {
      const read = readSync(this.#file, guess, 0, guessBytes, at);
      const [headLength, bodyLength] = [guess.readUInt32BE(0), guess.readUInt32BE(4)];
      const text =
        frameBytes + headLength <= read
          ? guess.toString('utf8', frameBytes, frameBytes + headLength)
          : this.#read(at + frameBytes, headLength);
      const bodyAt = at + frameBytes + headLength;
      heads.push({ head: JSON.parse(text) as Head, bodyAt, bodyLength });
      at = guess.readDoubleBE(8);
    }
    return heads.reverse();
  }

  bodyOf({ bodyAt, bodyLength }: Pick<SpooledHead<Head>, 'bodyAt' | 'bodyLength'>): string {
    this.#flush();
    return this.#read(bodyAt, bodyLength);
  }

  close(): void {
    closeSync(this.#file);
  }

  #read(at: number, length: number): string {
    const bytes = Buffer.alloc(length);
    if (readSync(this.#file, bytes, 0, length, at) !== length) throw new Error('The temporary file is short');
    return bytes.toString('utf8');
  }

  #flush(): void {
    if (this.#waitingBytes === 0) return;
    const bytes = Buffer.concat(this.#waiting);
    for (let written = 0; written < bytes.length;)
      written += writeSync(this.#file, bytes, written, bytes.length - written, this.#size + written);
    this.#size += bytes.length;
    [this.#waiting, this.#waitingBytes] = [[], 0];
  }
}

import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import { faultOf, NoAnswer, openGuarded } from './guarded-request.ts';
import type { Reach } from './reach.ts';

/** Status and headers of an answer. */
export interface PageAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
}

export interface GuardedPageOptions {
  readonly reach: Reach;
  readonly headers: Readonly<Record<string, string>>;
  /** Longest time from the look-up of the name to the last byte that is read, in milliseconds. */
  readonly timeoutMs: number;
  /** Bytes of the body that are read; an answer that is needed beyond them is refused. */
  readonly maxBytes: number;
  /** Looks at an answer before its body is read. @throws NoAnswer for one that is not wanted */
  readonly accept: (answer: PageAnswer) => void;
  /** Takes the next bytes of the body. @returns whether no more are needed. @throws NoAnswer */
  readonly take: (bytes: Buffer) => boolean;
}

/**
 * Reads a page from an address that a client has chosen: bounded in time and bytes, on a connection of its own, following
 * no redirect, and never beyond its reach. The connection is closed as soon as enough was read.
 * @throws NoAnswer
 */
export async function guardedPage(url: string, options: GuardedPageOptions): Promise<void> {
  const { reach, headers, timeoutMs } = options;
  const sent = openGuarded(url, { method: 'GET', reach });
  for (const [name, value] of Object.entries(headers)) sent.setHeader(name, value);
  let timer: NodeJS.Timeout | undefined;
  try {
    await new Promise<void>((resolve, reject) => {
      timer = setTimeout(
        () => reject(new NoAnswer(`The page was not read within ${timeoutMs / 1000} s.`)),
        timeoutMs,
      );
      sent.on('error', reject);
      // The connection no longer belongs to the request.
      sent.once('upgrade', (answer, socket) => {
        socket.destroy();
        reject(new NoAnswer(`The status is ${answer.statusCode}.`));
      });
      let isAnswered = false;
      sent.once('close', () => {
        if (!isAnswered) reject(new NoAnswer('The connection ended without an answer.'));
      });
      sent.once('response', (answer) => {
        isAnswered = true;
        void readPage(answer, options).then(resolve, reject);
      });
      sent.end();
    });
  } catch (error) {
    throw error instanceof NoAnswer ? error : new NoAnswer(faultOf(error));
  } finally {
    clearTimeout(timer);
    sent.destroy();
  }
}

async function readPage(
  answer: IncomingMessage,
  { maxBytes, accept, take }: GuardedPageOptions,
): Promise<void> {
  accept({ status: answer.statusCode ?? 0, headers: answer.headers });
  let left = maxBytes;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    if (take(chunk.subarray(0, left))) return;
    left -= chunk.length;
    if (left <= 0) throw new NoAnswer(`What is needed of the page is not in its first ${maxBytes} bytes.`);
  }
}

import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { Sink } from '../../events/sink.ts';
import { retryLine, streamHeaders } from '../../http/event-source.ts';
import type { Outflow } from '../live/outflow.ts';

/** How long a client may take for what is left of a stream that has ended, in milliseconds. */
const lastWordsMs = 30_000;

const head = Buffer.from('event: next\nid: ');
const data = Buffer.from('\ndata: ');
const end = Buffer.from('\n\n');

/**
 * How a stream ends; with errors, because of them. They come without an id: who comes back goes on from the last event.
 * @param errors as their receiver is shown them
 */
export function lastWords(errors?: readonly object[]): string {
  const result = errors ? `event: next\ndata: ${JSON.stringify({ errors })}\n\n` : '';
  // Without data the browser's EventSource would not tell its page of it.
  return `${result}event: complete\ndata: \n\n`;
}

/** Many get the same payload, and its cursor is always the same. */
const messages = new WeakMap<Buffer, Buffer>();

function messageOf(payload: Buffer, cursor: string): Buffer {
  let message = messages.get(payload);
  // JSON has no line breaks outside of its texts, and none in them.
  if (message === undefined)
    messages.set(payload, (message = Buffer.concat([head, Buffer.from(cursor), data, payload, end])));
  return message;
}

/** One subscription's results as Server-Sent Events, each with its cursor as the `id` that a browser comes back with. */
export class SseSink implements Sink {
  readonly #reply: FastifyReply;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #outflow: Outflow;
  readonly #present: (error: Error) => object;
  #begun = false;
  #ended = false;
  /** How much had been sent at the last beat, if the client took no more by then. */
  #stuckAt: number | undefined;
  #failed = false;

  /** @param present an error as its receiver is shown it */
  constructor(reply: FastifyReply, outflow: Outflow, present: (error: Error) => object) {
    this.#reply = reply;
    this.#response = reply.raw;
    this.#socket = reply.request.raw.socket;
    this.#outflow = outflow;
    this.#present = present;
  }

  /** Whether the answer has begun, and can be nothing but a stream any more. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Given up before it had begun. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Begins the answer, unless it has begun. */
  begin(): void {
    if (this.#begun) return;
    this.#begun = true;
    this.#reply.hijack();
    for (const [name, value] of Object.entries({ ...this.#reply.getHeaders(), ...streamHeaders }))
      if (value !== undefined) this.#response.setHeader(name, value);
    this.#response.write(retryLine());
  }

  get writable(): boolean {
    return this.#outflow.writable;
  }

  onceWritable(callback: () => void): void {
    this.#outflow.onceWritable(callback);
  }

  send(payload: Buffer, cursor: string): void {
    if (this.#failed) return;
    this.begin();
    const isTaken = this.#outflow.send(payload.length, () =>
      this.#response.write(messageOf(payload, cursor)),
    );
    if (!isTaken) this.giveUp();
  }

  /** An `id` without anything else moves on where the client comes back to. */
  pass(cursor: string): void {
    this.begin();
    this.#response.write(`id: ${cursor}\n\n`);
  }

  bundle(write: () => void): void {
    this.#socket.cork();
    try {
      write();
    } finally {
      this.#socket.uncork();
    }
  }

  isBlocked(): boolean {
    return this.#outflow.isBlocked();
  }

  /** Sends a comment, for those on the way who cut off what is silent; gives up a client that took nothing since the last one. */
  beat(): void {
    if (!this.#begun || this.#ended) return;
    const { bytesWritten } = this.#socket;
    if (!this.writable && this.#stuckAt === bytesWritten) return this.giveUp();
    this.#stuckAt = this.writable ? undefined : bytesWritten;
    if (this.writable) this.#response.write(':\n\n');
  }

  end(errors?: readonly Error[]): void {
    this.begin();
    this.#ended = true;
    this.#response.end(lastWords(errors?.map(this.#present)));
    const deadline = setTimeout(() => this.#response.destroy(), lastWordsMs);
    this.#response.once('close', () => clearTimeout(deadline));
  }

  /**
   * Cut in the middle, the answer is no complete one, and every client comes back. That it is not announced by `connection:
   * close` matters: some take whatever had come by then for all there is.
   */
  giveUp(): void {
    this.#failed = true;
    if (this.#begun) this.#response.destroy();
  }
}

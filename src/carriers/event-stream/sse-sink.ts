import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { FastifyReply } from 'fastify';
import type { Sink } from '../../platform/events/sink.ts';
import { lastWords, retryLine, streamHeaders } from '../../platform/http/event-source.ts';
import type { Outflow } from '../live/outflow.ts';

/** How long a client may take to read the rest of a stream that has ended, in milliseconds. */
const lastWordsMs = 30_000;

const head = Buffer.from('event: next\nid: ');
const data = Buffer.from('\ndata: ');
const end = Buffer.from('\n\n');

/** Cached, because many clients receive the same payload, always with the same cursor. */
const messages = new WeakMap<Buffer, Buffer>();

function messageOf(payload: Buffer, cursor: string): Buffer {
  let message = messages.get(payload);
  // JSON has no line breaks inside of strings, and `JSON.stringify` writes none outside of them.
  if (message === undefined)
    messages.set(payload, (message = Buffer.concat([head, Buffer.from(cursor), data, payload, end])));
  return message;
}

/**
 * One subscription's results as Server-Sent Events, each with its cursor as the `id` with which a browser reconnects.
 */
export class SseSink implements Sink {
  readonly #reply: FastifyReply;
  readonly #response: ServerResponse;
  readonly #socket: Socket;
  readonly #outflow: Outflow;
  readonly #present: (error: Error) => object;
  #begun = false;
  #ended = false;
  /** The bytes that had been written at the last beat, if the client was not writable by then. */
  #stuckAt: number | undefined;
  #failed = false;

  /** @param present converts an error to the form that the client receives */
  constructor(reply: FastifyReply, outflow: Outflow, present: (error: Error) => object) {
    this.#reply = reply;
    this.#response = reply.raw;
    this.#socket = reply.request.raw.socket;
    this.#outflow = outflow;
    this.#present = present;
  }

  /** Whether the response has begun, so that it can only be a stream. */
  get begun(): boolean {
    return this.#begun;
  }

  /** Whether the stream was given up; before it began, nothing was sent. */
  get failed(): boolean {
    return this.#failed;
  }

  /** Begins the response, unless it has begun. */
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

  /** Sends an `id` alone, which moves the cursor with which the client reconnects. */
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

  /**
   * Sends a comment, because intermediaries cut silent connections; gives up a client that has read nothing since the
   * last beat.
   */
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
   * Ends the connection in the middle of the response: the response is incomplete, so that every client reconnects.
   * There must be no `connection: close`, because with it some clients take the received part for the whole response.
   */
  giveUp(): void {
    this.#failed = true;
    if (this.#begun) this.#response.destroy();
  }
}

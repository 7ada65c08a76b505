import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Targets } from './attack.ts';
import { AttackSocket } from './attack-socket.ts';

/** An answer, of which only the beginning is kept, because answers can be large. */
export interface Sent {
  /** 0: no answer. */
  readonly status: number;
  readonly bytes: number;
  /** Codes of the errors in the kept beginning. */
  readonly codes: readonly string[];
  /** The beginning of the body. */
  readonly text: string;
}

/** Result of one attack from its senders' view. */
export interface AttackResult {
  /** Whether the attack ended in time; otherwise the result is partial. */
  readonly isOver: boolean;
  readonly requests: number;
  /** Bytes of the largest response body or message. */
  readonly largestAnswer: number;
  /** Number of answers by status and error codes. */
  readonly answers: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, string | number>>;
  /** Promises that were broken towards the attackers' own clients. */
  readonly faults: readonly string[];
}

interface RequestOptions {
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}

export interface Payload {
  readonly query: string;
  readonly variables?: unknown;
  readonly extensions?: unknown;
}

/** Number of kept bytes of a body. */
const keptBytes = 64 * 1024;

const codesOf = (text: string): string[] => [
  ...new Set([...text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code = '']) => code)),
];

/** Clients that send an attack, each with its own local address (127.0.0.0/8). */
export class Attackers {
  readonly targets: Targets;
  readonly #agent = new Agent({ keepAlive: false });
  readonly #answers = new Map<string, number>();
  readonly #notes: Record<string, string | number> = {};
  readonly #faults: string[] = [];
  readonly #closers: (() => void)[] = [];
  #requests = 0;
  #largestAnswer = 0;
  /** Addresses are never reused, because rate limits count by address. */
  static #lastAddress = 0;

  constructor(targets: Targets) {
    this.targets = targets;
  }

  get isLong(): boolean {
    return this.targets.form === 'long';
  }

  get result(): Omit<AttackResult, 'isOver'> {
    return {
      requests: this.#requests,
      largestAnswer: this.#largestAnswer,
      answers: Object.fromEntries(this.#answers),
      notes: this.#notes,
      faults: this.#faults,
    };
  }

  /** An address that has not sent anything yet. */
  newAddress(): string {
    const number = Attackers.#lastAddress++;
    return `127.66.${Math.floor(number / 250)}.${1 + (number % 250)}`;
  }

  newAddresses(count: number): string[] {
    return Array.from({ length: count }, () => this.newAddress());
  }

  note(name: string, value: string | number): void {
    this.#notes[name] = value;
  }

  /** Records a broken promise unless the condition holds. */
  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.#faults.push(otherwise);
  }

  /** Waits until a condition holds. @returns whether it did in time */
  async until(holds: () => boolean, withinMs: number): Promise<boolean> {
    for (const end = performance.now() + withinMs; !holds(); await sleep(10))
      if (performance.now() > end) return false;
    return true;
  }

  post(from: string, payload: Payload | string, token?: string, path = '/graphql'): Promise<Sent> {
    const headers = {
      'content-type': 'application/json',
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
    };
    const body = typeof payload === 'string' ? payload : JSON.stringify(payload);
    return this.send(from, { method: 'POST', path, headers, body });
  }

  /** A query by GET. */
  get(from: string, { query }: Payload): Promise<Sent> {
    const path = `/graphql?query=${encodeURIComponent(query)}`;
    return this.send(from, { method: 'GET', path, headers: { 'apollo-require-preflight': 'yes' } });
  }

  /** A subscription by Server-Sent Events: its refusal, or the first event of its stream. */
  stream(from: string, payload: Payload | string): Promise<Sent> {
    return this.post(from, payload, undefined, '/graphql/stream');
  }

  /** A subscription over its own WebSocket: the first message about it. */
  async subscribe(from: string, payload: Payload): Promise<Sent> {
    const socket = await this.socket(from);
    const text = await socket.first(payload);
    socket.close();
    const sent = { status: text === '' ? 0 : 101, bytes: text.length, codes: codesOf(text), text };
    this.#count(sent);
    return sent;
  }

  /** Sends the same payloads on each carrier, with one address per carrier. */
  async onEachCarrier(payloads: readonly Payload[]): Promise<void> {
    const carriers: readonly ((from: string, payload: Payload) => Promise<Sent>)[] = [
      (from, payload) => this.post(from, payload),
      (from, payload) => this.get(from, payload),
      (from, payload) => this.stream(from, payload),
      (from, payload) => this.subscribe(from, payload),
    ];
    await Promise.all(
      carriers.map(async (send) => {
        const from = this.newAddress();
        await Promise.all(payloads.map((payload) => send(from, payload)));
      }),
    );
  }

  /** A WebSocket after the protocol handshake. Closed when the attack is over. */
  async socket(from: string): Promise<AttackSocket> {
    const socket = new AttackSocket(this.targets.url, from, (bytes) => this.#measure(bytes));
    this.#closers.push(() => socket.close());
    await socket.opened;
    return socket;
  }

  /** A TCP connection that is not read from. Closed when the attack is over. */
  async rawConnection(from: string): Promise<Socket> {
    const { port } = new URL(this.targets.url);
    const socket = connect({ host: '127.0.0.1', port: Number(port), localAddress: from });
    socket.on('error', () => undefined);
    this.#closers.push(() => socket.destroy());
    await Promise.race([once(socket, 'connect'), once(socket, 'close')]).catch(() => undefined);
    return socket;
  }

  countSent(count: number): void {
    this.#requests += count;
  }

  close(): void {
    for (const close of this.#closers) close();
    this.#agent.destroy();
  }

  send(from: string, { method, path, headers = {}, body }: RequestOptions): Promise<Sent> {
    return new Promise((resolve) => {
      const answered = (status: number, bytes: number, text: string): void => {
        const sent = { status, bytes, codes: codesOf(text), text };
        this.#count(sent);
        resolve(sent);
      };
      const url = `${this.targets.url}${path}`;
      const asked = request(url, { method, headers, agent: this.#agent, localAddress: from }, (response) => {
        let [text, bytes] = ['', 0];
        const end = (): void => answered(response.statusCode ?? 0, bytes, text);
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (text.length < keptBytes) text += chunk.toString();
          // A stream does not end by itself; its first event is enough.
          if (response.headers['content-type']?.startsWith('text/event-stream') && text.includes('\n\n')) {
            response.destroy();
            end();
          }
        });
        response.on('end', end);
        response.on('error', () => answered(0, bytes, text));
      });
      asked.on('error', () => answered(0, 0, ''));
      asked.end(body);
    });
  }

  #count({ status, codes, bytes }: Sent): void {
    this.#requests += 1;
    this.#measure(bytes);
    const name = [status === 0 ? 'no answer' : status, ...codes].join(' ');
    this.#answers.set(name, (this.#answers.get(name) ?? 0) + 1);
  }

  #measure(bytes: number): void {
    this.#largestAnswer = Math.max(this.#largestAnswer, bytes);
  }
}

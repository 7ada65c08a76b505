import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Webhook } from 'standardwebhooks';
import type { Random } from '../../harness/random.ts';
import type { Arrival } from './arrivals.ts';

/** Probabilities of what a receiver does instead of accepting a message. */
export interface Moods {
  /** Takes the message, and ends the connection before it has answered. */
  readonly cut: number;
  /** Says that it failed, without having taken the message. */
  readonly failed: number;
  /** Takes the message, and answers later than a sender waits. */
  readonly late: number;
}

/** An endpoint that keeps what it was sent. Its process outlives the nodes. */
export class WebhookReceiver {
  readonly arrivals: Arrival[] = [];
  /** Messages that nobody can have sent who has the secret. */
  readonly faults: string[] = [];
  /** Messages whose sender has ended the connection before it was answered. */
  readonly abandoned: { readonly id: string; readonly at: number }[] = [];
  /** Whether messages are taken and not answered. */
  hangs = false;
  /** Set once the endpoint exists. */
  secret = '';
  moods: Moods = { cut: 0, failed: 0, late: 0 };
  readonly #random: Random;
  readonly #waiting = new Set<ServerResponse>();
  readonly #server = createServer((request, response) => {
    this.#take(request, response).catch(() => response.destroy());
  });
  readonly #lateMs: number;

  /** @param lateMs longer than a sender waits */
  constructor(random: Random, lateMs: number) {
    this.#random = random;
    this.#lateMs = lateMs;
  }

  /** @returns its address */
  async open(): Promise<string> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}/`;
  }

  async close(): Promise<void> {
    this.#server.close();
    this.#server.closeAllConnections();
    return Promise.resolve();
  }

  /** Answers what hangs. */
  answerAll(): void {
    for (const response of this.#waiting) response.writeHead(204).end();
    this.#waiting.clear();
  }

  #hang(id: string, response: ServerResponse): void {
    this.#waiting.add(response);
    response.once('close', () => {
      if (this.#waiting.delete(response)) this.abandoned.push({ id, at: performance.now() });
    });
  }

  async #take(request: IncomingMessage, response: ServerResponse): Promise<void> {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    const headers = request.headers as Record<string, string>;
    const id = headers['webhook-id'] ?? '';
    const data = this.#verified(body, headers);
    const { position, articleId, event } = data?.siteEvents ?? {};
    const { cut, failed, late } = this.moods;
    const mood = this.#random.next();
    const isTaken = mood >= failed;
    this.arrivals.push({
      id,
      position: position ?? 0,
      articleId: articleId ?? '',
      sequence: event?.sequence ?? 0,
      isTaken,
      at: performance.now(),
    });
    if (this.hangs) return this.#hang(id, response);
    if (!isTaken) return void response.writeHead(500).end();
    if (mood < failed + cut) return void response.destroy();
    if (mood < failed + cut + late) setTimeout(() => response.writeHead(204).end(), this.#lateMs).unref();
    else response.writeHead(204).end();
  }

  #verified(body: string, headers: Record<string, string>): Message | undefined {
    try {
      return (new Webhook(this.secret).verify(body, headers) as { readonly data: Message }).data;
    } catch (error) {
      this.faults.push(`a message could not be verified: ${String(error)}`);
      return undefined;
    }
  }
}

interface Message {
  readonly siteEvents?: {
    readonly position?: number;
    readonly articleId?: string;
    readonly event?: { readonly sequence: number } | null;
  };
}

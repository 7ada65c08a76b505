import { setTimeout as sleep } from 'node:timers/promises';

/** Most news that may wait for a process that does not read; further news is dropped. */
const maxWaiting = 1000;

/** How long `flushed` waits, in milliseconds. */
const patienceMs = 1000;

/** The sending end of a channel between two processes. */
export class Outbox<Message> {
  readonly #send: (message: Message, done: () => void) => void;
  #waiting = 0;
  #onEmpty: (() => void)[] = [];

  /** @param send calls `done` when the message was handed to the system, or can not be sent any more */
  constructor(send: (message: Message, done: () => void) => void) {
    this.#send = send;
  }

  send(message: Message): void {
    this.#waiting += 1;
    this.#send(message, () => {
      this.#waiting -= 1;
      if (this.#waiting > 0) return;
      for (const resolve of this.#onEmpty.splice(0)) resolve();
    });
  }

  /** Sends a message that may be lost: not while too many wait, so that a process that hangs takes no memory of this one. */
  offer(message: Message): void {
    if (this.#waiting < maxWaiting) this.send(message);
  }

  /** Resolves once no message waits, or after a while. */
  async flushed(): Promise<void> {
    if (this.#waiting === 0) return;
    const empty = new Promise<void>((resolve) => this.#onEmpty.push(resolve));
    await Promise.race([empty, sleep(patienceMs, undefined, { ref: false })]);
  }
}

import type { Queryable } from '../db/database.ts';
import type { IsHeld, Leases } from '../jobs/leases.ts';
import {
  releaseMail,
  selectIsDue,
  type TakenMail,
  takeMail,
  updateGivenUp,
  updatePutOff,
  updateSent,
} from './mail.queries.ts';
import { MailError, type MailTransport } from './transport.ts';

/** What became of a mail, or of an attempt at one; `limited`: it was not written, because of a bound. */
export type MailOutcome = 'sent' | 'put_off' | 'refused' | 'given_up' | 'limited';

export interface MailWorkerOptions {
  readonly db: Queryable;
  readonly leases: Leases;
  readonly transport: MailTransport;
  /** Time between two looks for mails. */
  readonly intervalMs: number;
  readonly onOutcome: (outcome: MailOutcome) => void;
  /** A mail was not sent, or the database failed. */
  readonly onError: (error: unknown) => void;
}

/** Time for sending one mail, in milliseconds: less than a worker has a mail for. */
const sendMs = 120_000;

/** Time for ending the attempt under way when the worker stops, in milliseconds. */
const stopMs = 5000;

/** Longest pause while the server takes no mail, in milliseconds. */
const longestPauseMs = 60_000;

/**
 * Sends mails, one at a time. A worker takes a mail under a lease, for three minutes at most, sends it, and marks it: if its
 * process dies before the mark, another one sends that one mail again, with the same `Message-ID`, and no mail is lost. A mail over which
 * processes end again and again waits for longer each time. Any number of workers may run.
 */
export class MailWorker {
  readonly #options: MailWorkerOptions;
  readonly #abort = new AbortController();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> = Promise.resolve();
  #isStopped = false;
  /** Runs in a row that failed for another reason than the mail. */
  #failures = 0;

  constructor(options: MailWorkerOptions) {
    this.#options = options;
  }

  start(): void {
    if (this.#isStopped) return;
    const { intervalMs } = this.#options;
    const pauseMs = Math.min(intervalMs * 2 ** this.#failures, Math.max(intervalMs, longestPauseMs));
    this.#timer = setTimeout(() => {
      this.#running = this.run().then(() => this.start());
    }, pauseMs);
  }

  /** Resolves once the attempt under way is over. */
  async stop(): Promise<void> {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    const overdue = setTimeout(() => this.#abort.abort(), stopMs);
    await this.#running;
    clearTimeout(overdue);
  }

  /** Sends what is to be sent now, until nothing is left or the server takes no mail. Never rejects. */
  async run(): Promise<void> {
    try {
      const { db, leases } = this.#options;
      if (await selectIsDue(db))
        await leases.during(async () => {
          while (!this.#isStopped && (await leases.during((isHeld) => this.#sendNext(isHeld))));
        });
      this.#failures = 0;
    } catch (error) {
      this.#failures = Math.min(this.#failures + 1, 20);
      this.#options.onError(error);
    }
  }

  /** @returns whether there was a mail to send */
  async #sendNext(isHeld: IsHeld): Promise<boolean> {
    const { db, leases } = this.#options;
    const mail = await takeMail(db, leases.processId);
    if (!mail) return false;
    if (isHeld()) await this.#deliver(mail);
    else await releaseMail(db, mail);
    return true;
  }

  /** @throws what concerns other mails as well */
  async #deliver(mail: TakenMail): Promise<void> {
    const { db, transport, onOutcome, onError } = this.#options;
    if (mail.isOverdue) {
      await updateGivenUp(db, mail, mail.lastError ?? 'NOT SENT IN TIME');
      onOutcome('given_up');
      const untold = mail.attempts === 1 ? 'it was never tried' : 'no attempt at it has ended';
      onError(new Error(`A mail was given up after three days: ${mail.lastError ?? untold}`));
      return;
    }
    const fault = await this.#send(mail);
    if (!fault) {
      await updateSent(db, { id: mail.id, keepsSecrets: transport.keepsMails === true });
      onOutcome('sent');
    } else if (fault.fault === 'refused') {
      await updateGivenUp(db, mail, fault.reason);
      onOutcome('refused');
      onError(fault);
    } else {
      await updatePutOff(db, mail, fault.reason);
      onOutcome('put_off');
      if (fault.fault === 'unreachable') throw fault;
      onError(fault);
    }
  }

  /** @returns why the mail was not sent; undefined: it was */
  async #send(mail: TakenMail): Promise<MailError | undefined> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), sendMs);
    try {
      await this.#options.transport.send(mail, AbortSignal.any([late.signal, this.#abort.signal]));
      return undefined;
    } catch (error) {
      if (error instanceof MailError) return error;
      const { code } = error as { code?: unknown };
      const isCode = typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code);
      return new MailError('unreachable', isCode ? code : 'EUNKNOWN');
    } finally {
      clearTimeout(timer);
    }
  }
}

import type { Queryable } from '../db/database.ts';
import type { Job } from '../jobs/job.ts';
import type { IsHeld, Leases } from '../jobs/leases.ts';
import {
  dueMailsSql,
  releaseMail,
  type TakenMail,
  takeMail,
  updateGivenUp,
  updatePutOff,
  updateSent,
} from './mail.queries.ts';
import { MailError, type MailTransport } from './transport.ts';

/** What became of a mail, or of an attempt at one; `limited`: it was not written, because of a bound. */
export type MailOutcome = 'sent' | 'put_off' | 'refused' | 'given_up' | 'limited';

export interface MailJobOptions extends Pick<Job, 'everyMs'> {
  readonly db: Queryable;
  readonly leases: Leases;
  readonly transport: MailTransport;
  readonly onOutcome: (outcome: MailOutcome) => void;
  /** A mail was not sent. */
  readonly onError: (error: unknown) => void;
}

/** Time for sending one mail, in milliseconds: less than a process has a mail for. */
const sendMs = 120_000;

/** Time for ending the attempt under way when the service stops, in milliseconds. */
const stopMs = 5000;

/**
 * Sends mails, one at a time. A process takes a mail under a lease, for three minutes at most, sends it, and marks it: if it
 * dies before the mark, another one sends that one mail again, with the same `Message-ID`, and no mail is lost. A mail over which
 * processes end again and again waits for longer each time. Any number of processes may send.
 */
export class MailJob implements Job {
  readonly name = 'mails';
  readonly due = dueMailsSql;
  readonly everyMs: number;
  readonly #options: MailJobOptions;

  constructor(options: MailJobOptions) {
    this.#options = options;
    this.everyMs = options.everyMs;
  }

  /** Sends what is to be sent now, until nothing is left. @throws MailError the server takes no mail */
  readonly step = async (signal: AbortSignal): Promise<'idle'> => {
    const { leases } = this.#options;
    const overdue = new AbortController();
    let timer: NodeJS.Timeout | undefined;
    const onStop = (): void => void (timer = setTimeout(() => overdue.abort(), stopMs));
    signal.addEventListener('abort', onStop, { once: true });
    try {
      await leases.during(async () => {
        while (!signal.aborted && (await leases.during((isHeld) => this.#sendNext(isHeld, overdue.signal))));
      });
      return 'idle';
    } finally {
      signal.removeEventListener('abort', onStop);
      clearTimeout(timer);
    }
  };

  /** @returns whether there was a mail to send */
  async #sendNext(isHeld: IsHeld, overdue: AbortSignal): Promise<boolean> {
    const { db, leases } = this.#options;
    const mail = await takeMail(db, leases.processId);
    if (!mail) return false;
    if (isHeld()) await this.#deliver(mail, overdue);
    else await releaseMail(db, mail);
    return true;
  }

  /** @throws what concerns other mails as well */
  async #deliver(mail: TakenMail, overdue: AbortSignal): Promise<void> {
    const { db, transport, onOutcome, onError } = this.#options;
    if (mail.isOverdue) {
      await updateGivenUp(db, mail, mail.lastError ?? 'NOT SENT IN TIME');
      onOutcome('given_up');
      const untold = mail.attempts === 1 ? 'it was never tried' : 'no attempt at it has ended';
      onError(new Error(`A mail was given up after three days: ${mail.lastError ?? untold}`));
      return;
    }
    const fault = await this.#send(mail, overdue);
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
  async #send(mail: TakenMail, overdue: AbortSignal): Promise<MailError | undefined> {
    const late = new AbortController();
    const timer = setTimeout(() => late.abort(), sendMs);
    try {
      await this.#options.transport.send(mail, AbortSignal.any([late.signal, overdue]));
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

import type { Transporter } from 'nodemailer';
import type { Mailbox } from '../text/mailbox.ts';
import { messageOf } from './message.ts';
import type { SmtpServer } from '../config/smtp-url.ts';
import { MailError, type MailFault, type MailTransport, type OutgoingMail } from './transport.ts';

export interface SmtpTransportOptions {
  readonly server: SmtpServer;
  readonly from: Mailbox;
}

/** Times of one step each, in milliseconds; the worker has a limit for all of them together. */
const timeouts = {
  connectionTimeout: 10_000,
  greetingTimeout: 10_000,
  dnsTimeout: 10_000,
  socketTimeout: 30_000,
};

/** Hands mails to an SMTP server, one connection for each. */
export class SmtpTransport implements MailTransport {
  #transporter: Promise<Transporter> | undefined;

  constructor(private readonly options: SmtpTransportOptions) {}

  async send(mail: OutgoingMail, signal: AbortSignal): Promise<void> {
    const transporter = await (this.#transporter ??= this.#open());
    try {
      await transporter.sendMail({ ...messageOf(mail, this.options.from), signal });
    } catch (error) {
      // Without the error itself, whose texts quote addresses.
      throw mailError(error as SmtpError);
    }
  }

  /** Loaded on demand: a service that sends no mail does not need it. */
  async #open(): Promise<Transporter> {
    const { createTransport } = await import('nodemailer');
    const { host, port, beginsWithTls, isLoopback, credentials } = this.options.server;
    return createTransport({
      host,
      port,
      secure: beginsWithTls,
      requireTLS: !beginsWithTls && !isLoopback,
      // The server of this machine has a certificate that nobody has signed, or none.
      tls: { rejectUnauthorized: !isLoopback, minVersion: 'TLSv1.2' },
      ...(credentials ? { auth: { user: credentials.user, pass: credentials.password } } : {}),
      ...timeouts,
    });
  }
}

/** The part of nodemailer's errors that is used. */
interface SmtpError {
  readonly code?: unknown;
  readonly responseCode?: unknown;
  /** The last command. */
  readonly command?: unknown;
}

function mailError({ code, responseCode, command }: SmtpError): MailError {
  const name = typeof code === 'string' && /^[A-Z0-9_]{1,40}$/.test(code) ? code : 'EUNKNOWN';
  const answer = typeof responseCode === 'number' && responseCode > 0 ? responseCode : undefined;
  return new MailError(faultOf(answer, command), answer === undefined ? name : `${name} ${answer}`);
}

/**
 * Only answers about the recipient or the message are about this mail: a server that refuses the connection, the credentials
 * or the sender takes no other one either, until somebody changes a setting.
 */
function faultOf(answer: number | undefined, command: unknown): MailFault {
  if (answer === undefined || (command !== 'RCPT TO' && command !== 'DATA')) return 'unreachable';
  return answer >= 500 ? 'refused' : 'put off';
}

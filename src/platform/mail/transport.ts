/** A mail as a transport gets it. */
export interface OutgoingMail {
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly unsubscribeUrl: string | null;
  readonly createdAt: Date;
}

/**
 * Why a mail was not sent. `refused`: it never will be. `put off`: this mail is not taken now. `unreachable`: the server
 * takes none at all.
 */
export type MailFault = 'refused' | 'put off' | 'unreachable';

/** A mail that was not sent. Neither message nor code contain an address or a text of the server. */
export class MailError extends Error {
  override readonly name = 'MailError';
  readonly fault: MailFault;
  /** At most 60 capital letters, digits, spaces and underscores. */
  readonly reason: string;

  constructor(fault: MailFault, reason: string) {
    super(`The mail was not sent (${fault}): ${reason}`);
    this.fault = fault;
    this.reason = reason;
  }
}

/** What takes mails. */
export interface MailTransport {
  /**
   * Whether mails stay with the service instead of being sent, for its administrator to read: then those that give rights
   * to their reader keep their contents as well. Absent: they are sent.
   */
  readonly keepsMails?: true;
  /**
   * Resolves once the mail is in the hands of somebody else.
   * @param signal ends the attempt
   * @throws MailError; any other error counts as unreachable
   */
  send(mail: OutgoingMail, signal: AbortSignal): Promise<void>;
}

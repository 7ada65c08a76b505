import type { Tx } from '../db/database.ts';
import { countRecentMails, insertMail } from './mail.queries.ts';
import { isAddress, isOneLine } from './mailbox.ts';
import { InvalidMailError, type MailContent, renderMail, requireUnsubscribeUrl } from './template.ts';

/** Most characters of a subject and of a mail's plain text. */
export const maxSubjectLength = 200;
export const maxMailLength = 20_000;

/** A mail to be sent. */
export interface NewMail {
  readonly recipient: string;
  /** The account on whose behalf it is sent, whose mails are counted; undefined: the service itself. */
  readonly senderId?: string | undefined;
  /**
   * Whether it tells somebody of a change to their own account: the bound for its recipient does not hold back such a mail, so
   * that nobody suppresses it by having others sent. The bound for the account does.
   */
  readonly isNotice?: boolean | undefined;
  /** What it tells of, in capitals: `PASSWORD_RESET`. */
  readonly kind: string;
  /** Of mails with one key only the first of a month is written. */
  readonly dedupeKey?: string | undefined;
  /** Whether its contents give rights to their reader, such as a link to a new password: they are not kept once it was sent. */
  readonly isSecret: boolean;
  /** One line of at most 200 characters. */
  readonly subject: string;
  readonly content: MailContent;
  /**
   * The address that ends mails of this kind by a POST; undefined for what is no list. Mails of lists are counted by
   * themselves, so that they leave room for those about the account.
   */
  readonly unsubscribeUrl?: string | undefined;
}

/** `ADDED`: it will be sent. `KNOWN`: one with its key was. Otherwise it is not sent: there were too many in the last hour. */
export type MailAnswer = 'ADDED' | 'KNOWN' | 'TOO_MANY_TO_RECIPIENT' | 'TOO_MANY_BY_SENDER';

export interface MailOutboxOptions {
  readonly maxPerRecipientPerHour: number;
  /** Mails of lists, which have an address for unsubscribing. */
  readonly maxOfListsPerRecipientPerHour: number;
  readonly maxPerSenderPerHour: number;
  /** Called for each mail beyond a bound. */
  readonly onLimited: () => void;
}

/**
 * The mails that are to be sent. A mail is a row, written in the transaction of what it tells of: without the commit there is
 * no mail, and with it the mail is not lost.
 */
export class MailOutbox {
  readonly #options: MailOutboxOptions;

  constructor(options: MailOutboxOptions) {
    this.#options = options;
  }

  /**
   * Adds a mail. The transaction then makes others wait that write to the same address, or on behalf of the same account:
   * add mails last.
   * @throws InvalidMailError for what can't be a mail; nothing was written
   */
  async add(tx: Tx, mail: NewMail): Promise<MailAnswer> {
    const row = rowOf(mail);
    const { maxPerSenderPerHour, onLimited } = this.#options;
    const maxPerRecipientPerHour =
      row.unsubscribeUrl === null
        ? this.#options.maxPerRecipientPerHour
        : this.#options.maxOfListsPerRecipientPerHour;
    const { isKnown, toRecipient, bySender } = await countRecentMails(tx, row);
    if (isKnown) return 'KNOWN';
    const isFull = mail.isNotice !== true && toRecipient >= maxPerRecipientPerHour;
    if (isFull || bySender >= maxPerSenderPerHour) {
      onLimited();
      return isFull ? 'TOO_MANY_TO_RECIPIENT' : 'TOO_MANY_BY_SENDER';
    }
    return (await insertMail(tx, row)) ? 'ADDED' : 'KNOWN';
  }
}

function rowOf(mail: NewMail) {
  const recipient = mail.recipient.toLowerCase();
  if (!isAddress(recipient)) throw new InvalidMailError('The recipient of a mail is one address');
  if (!isOneLine(mail.subject) || [...mail.subject].length > maxSubjectLength)
    throw new InvalidMailError(`The subject of a mail is one line of at most ${maxSubjectLength} characters`);
  const { text, html } = renderMail(mail.content, mail.unsubscribeUrl);
  if ([...text].length > maxMailLength)
    throw new InvalidMailError(`A mail has at most ${maxMailLength} characters`);
  return {
    recipient,
    accountId: mail.senderId ?? null,
    kind: mail.kind,
    dedupeKey: mail.dedupeKey ?? null,
    secret: mail.isSecret,
    subject: mail.subject,
    text,
    html,
    unsubscribeUrl: mail.unsubscribeUrl === undefined ? null : requireUnsubscribeUrl(mail.unsubscribeUrl),
  };
}

import type { Tx } from '../db/database.ts';
import { askerHash, budgetOf, type MailAsker, type MailBudget, type MailPurpose } from './mail-bounds.ts';
import {
  type AskedRow,
  countAskedMails,
  countRecentMails,
  insertMail,
  lockRecipients,
  type MailRow,
} from './mail.queries.ts';
import { isAddress, isOneLine } from '../text/mailbox.ts';
import {
  InvalidMailError,
  type MailContent,
  renderMail,
  requireUnsubscribeUrl,
  subjectOf,
} from './template.ts';

/** Most characters of a subject and of a mail's plain text. */
export const maxSubjectLength = 200;
export const maxMailLength = 20_000;

/** A mail to be sent. */
export interface NewMail {
  readonly recipient: string;
  /** The account on whose behalf it is sent, whose mails are counted; undefined: the service itself. */
  readonly senderId?: string | undefined;
  /** Who asks for it and what for, if anybody can have such mails sent to the recipient: `mail-bounds.ts` has the rule. */
  readonly asked?: { readonly purpose: MailPurpose; readonly by: MailAsker } | undefined;
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
  /** One line, which with the name of the site behind it has at most 200 characters. */
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
  /** The name of the site, which every mail says. */
  readonly site: string;
  /** Mails of one kind that nobody asks for; of those that somebody does, what strangers together may have sent. */
  readonly maxPerRecipientPerHour: number;
  /** The same of endorsements. */
  readonly maxOfEndorsementsPerRecipientPerHour: number;
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
  /** The recipients whose locks a transaction holds. */
  readonly #held = new WeakMap<Tx, ReadonlySet<string>>();

  constructor(private readonly options: MailOutboxOptions) {}

  /**
   * Comes before the mails of a transaction that writes to several addresses: two that write to the same ones would otherwise wait for
   * each other.
   */
  async hold(tx: Tx, recipients: readonly string[]): Promise<void> {
    const held = new Set(recipients.map((recipient) => recipient.toLowerCase()));
    this.#noteHeld(tx, held);
    if (held.size > 0) await lockRecipients(tx, [...held]);
  }

  /** @throws Error if the transaction holds other recipients, and one of these is not among them */
  #noteHeld(tx: Tx, recipients: ReadonlySet<string>): void {
    const held = this.#held.get(tx);
    if (!held) this.#held.set(tx, recipients);
    else if ([...recipients].some((recipient) => !held.has(recipient)))
      throw new Error('A transaction that mails several recipients holds all of them first (`hold`)');
  }

  /**
   * Adds a mail. The transaction then makes others wait that write to the same address, or on behalf of the same account:
   * add mails last, and `hold` comes before those to several addresses.
   * @throws InvalidMailError for what can't be a mail; nothing was written
   */
  async add(tx: Tx, mail: NewMail): Promise<MailAnswer> {
    const row = rowOf(mail, this.options.site);
    this.#noteHeld(tx, new Set([row.recipient]));
    const { maxPerSenderPerHour, onLimited } = this.options;
    const maxPerRecipientPerHour =
      row.unsubscribeUrl === null
        ? this.options.maxPerRecipientPerHour
        : this.options.maxOfListsPerRecipientPerHour;
    const { isKnown, toRecipient, bySender } = await countRecentMails(tx, row);
    if (isKnown) return 'KNOWN';
    const budget = mail.asked && (await this.#budgetOf(tx, row, mail.asked));
    const isFull = mail.asked
      ? budget === undefined
      : mail.isNotice !== true && toRecipient >= maxPerRecipientPerHour;
    if (isFull || bySender >= maxPerSenderPerHour) {
      onLimited();
      return isFull ? 'TOO_MANY_TO_RECIPIENT' : 'TOO_MANY_BY_SENDER';
    }
    return (await insertMail(tx, row, budget)) ? 'ADDED' : 'KNOWN';
  }

  async #budgetOf(
    tx: Tx,
    { recipient, asked }: MailRow,
    { purpose, by }: NonNullable<NewMail['asked']>,
  ): Promise<MailBudget | undefined> {
    const { maxPerRecipientPerHour, maxOfEndorsementsPerRecipientPerHour } = this.options;
    const perHour = purpose === 'ENDORSEMENT' ? maxOfEndorsementsPerRecipientPerHour : maxPerRecipientPerHour;
    return asked ? budgetOf(await countAskedMails(tx, recipient, asked), by, perHour) : undefined;
  }
}

function rowOf(mail: NewMail, site: string): MailRow {
  const recipient = mail.recipient.toLowerCase();
  if (!isAddress(recipient)) throw new InvalidMailError('The recipient of a mail is one address');
  const subject = subjectOf(mail.subject, site);
  if (!isOneLine(subject) || [...subject].length > maxSubjectLength)
    throw new InvalidMailError(`The subject of a mail is one line of at most ${maxSubjectLength} characters`);
  const { text, html } = renderMail(mail.content, site, mail.unsubscribeUrl);
  if ([...text].length > maxMailLength)
    throw new InvalidMailError(`A mail has at most ${maxMailLength} characters`);
  return {
    recipient,
    accountId: mail.senderId ?? null,
    kind: mail.kind,
    dedupeKey: mail.dedupeKey ?? null,
    secret: mail.isSecret,
    subject,
    text,
    html,
    unsubscribeUrl: mail.unsubscribeUrl === undefined ? null : requireUnsubscribeUrl(mail.unsubscribeUrl),
    asked: mail.asked ? askedRowOf(recipient, mail.asked) : null,
  };
}

const askedRowOf = (recipient: string, { purpose, by }: NonNullable<NewMail['asked']>): AskedRow => ({
  purpose,
  asker: askerHash(recipient, by.name),
  network: by.network === null ? null : askerHash(recipient, `network ${by.network}`),
});

import type { Tx } from '../../../platform/db/database.ts';
import type { Links } from '../../../platform/http/links.ts';
import type { MailOutbox } from '../../../platform/mail/mail-outbox.ts';
import type { NoticeRow } from './administrator-notice.queries.ts';

const opens =
  'The link opens the log of moderation, after you have signed in; nothing changes by opening it.';

const timeOf = (at: Date): string =>
  `${at.toISOString().slice(0, 10)} at ${at.toISOString().slice(11, 16)} UTC`;

const nameOf = (name: string | null): string => (name === null ? 'An account that was erased' : `“${name}”`);

/** Who has changed a role, as a part of a sentence. */
const actorOf = ({ actorName, isBySystem }: NoticeRow): string =>
  isBySystem
    ? 'by the service itself: an operator on the command line, a login of another site, or the end of one'
    : `by ${actorName === null ? 'an account that was erased' : `“${actorName}”`}`;

/** The mails to administrators about who may do what. Names are those that the accounts have chosen; the log has the accounts. */
export class AdministratorMails {
  constructor(
    private readonly outbox: MailOutbox,
    private readonly links: Links,
  ) {}

  /** Tells each of several administrators of each of several facts. */
  async tellAll(tx: Tx, recipients: readonly string[], notices: readonly NoticeRow[]): Promise<void> {
    await this.outbox.hold(tx, recipients);
    for (const recipient of recipients) for (const notice of notices) await this.tell(tx, recipient, notice);
  }

  async tell(tx: Tx, recipient: string, notice: NoticeRow): Promise<void> {
    const { kind, subject, sentence } = written(notice);
    const button = { text: 'Open the log of moderation', url: this.links.moderationLog(), effect: opens };
    const unexpected =
      'If this was not you or somebody whom you know to do this, sign in, take the role back, and have the account choose a new password.';
    const content = { title: subject, paragraphs: [sentence], button, unexpected };
    await this.outbox.add(tx, { kind, recipient, isNotice: true, isSecret: false, subject, content });
  }
}

function written(notice: NoticeRow): { kind: string; subject: string; sentence: string } {
  const { subjectName, role, occurredAt } = notice;
  const [who, when] = [nameOf(subjectName), timeOf(occurredAt)];
  if (notice.kind === 'SIGNED_IN')
    return {
      kind: 'ADMINISTRATOR_SIGNED_IN',
      subject: 'An administrator has signed in from a new device',
      sentence: `${who}, an administrator, has signed in on ${when} from a device that the account has not been signed in from before.`,
    };
  const what = notice.kind === 'ROLE_GRANTED' ? 'has been given' : 'has lost';
  return {
    kind: 'ROLE_CHANGED',
    subject: `A role was ${notice.kind === 'ROLE_GRANTED' ? 'given' : 'taken'}: ${role ?? ''}`,
    sentence: `${who} ${what} the role ${role ?? ''} on ${when}, ${actorOf(notice)}.`,
  };
}

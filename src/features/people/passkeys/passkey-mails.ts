import { requireSent } from '../credentials/own-password.ts';
import type { Tx } from '../../../platform/db/database.ts';
import type { Links } from '../../../platform/http/links.ts';
import type { MailOutbox } from '../../../platform/mail/mail-outbox.ts';

const opens =
  'The link opens the page of your account, after you have signed in; nothing changes by opening it.';

/** What a mail tells of, and what to do if it was somebody else. */
const notices = {
  PASSKEY_ADDED: {
    title: 'A passkey was added to your account',
    paragraphs: [
      'A passkey was added to your account just now. Whoever has it can sign in without the password.',
    ],
    unexpected: 'If this was not you, remove it in your account, and choose a new password.',
  },
  PASSKEY_COPIED: {
    title: 'A passkey of your account may have been copied',
    paragraphs: [
      'A passkey of your account was used just now, and was not accepted: it has counted backwards, which happens when somebody has a copy of it, or when a device was restored from an old copy.',
    ],
    unexpected:
      'If this was not you, somebody else has the passkey. In both cases remove it in your account, and add a new one.',
  },
  PASSKEY_REMOVED: {
    title: 'A passkey of your account was removed',
    paragraphs: [
      'A passkey of your account was removed just now, and the other sessions of the account have ended.',
    ],
    unexpected: 'If this was not you, choose a new password at once.',
  },
  RECOVERY_CODES_MADE: {
    title: 'Your account has new recovery codes',
    paragraphs: [
      'New recovery codes were made for your account just now. The ones of before are not valid any more.',
    ],
    unexpected: 'If this was not you, make new ones in your account, and choose a new password.',
  },
  RECOVERY_CODE_USED: {
    title: 'A recovery code of your account was used',
    paragraphs: [
      'Somebody has signed in to your account with its password and a recovery code just now. The code is used up.',
    ],
    unexpected: 'If this was not you, choose a new password at once, and make new recovery codes.',
  },
} as const;

/** The notices about passkeys. None contains a text that whoever made the change has chosen, such as the passkey's name. */
export class PasskeyMails {
  constructor(
    private readonly outbox: MailOutbox,
    private readonly links: Links,
  ) {}

  /** @throws RequestError RATE_LIMITED if the account has had too many mails sent */
  async tell(
    tx: Tx,
    kind: keyof typeof notices,
    { email: recipient, id: senderId }: { readonly email: string; readonly id: string },
  ): Promise<void> {
    const { title, paragraphs, unexpected } = notices[kind];
    const button = { text: 'Open my account', url: this.links.account(), effect: opens };
    const content = { title, paragraphs, button, unexpected };
    const mail = { kind, recipient, senderId, isNotice: true, isSecret: false, subject: title, content };
    requireSent(await this.outbox.add(tx, mail));
  }
}

import type { Tx } from '../../platform/db/database.ts';
import type { Links } from '../../platform/http/links.ts';
import type { MailAsker } from '../../platform/mail/mail-bounds.ts';
import type { MailAnswer, MailOutbox } from '../../platform/mail/mail-outbox.ts';
import { isolated } from '../../platform/text/direction.ts';

/** The kind of all mails about endorsements: another one for an address that is known would tell that it is. */
export const endorsementMailKind = 'ENDORSEMENT';

/** How long an endorsement waits to be confirmed, in hours. */
export const confirmationHours = 48;

/**
 * The mail of an endorsement without an account. Of what whoever asked for it has chosen, it says only the title of a published
 * article: anybody can have mails sent to any address.
 */
export class EndorsementMails {
  constructor(
    private readonly outbox: MailOutbox,
    private readonly links: Links,
  ) {}

  confirm(
    tx: Tx,
    mail: { recipient: string; title: string; token: string; by: MailAsker },
  ): Promise<MailAnswer> {
    const heading = 'Confirm your endorsement';
    return this.outbox.add(tx, {
      recipient: mail.recipient,
      asked: { purpose: 'ENDORSEMENT', by: mail.by },
      kind: endorsementMailKind,
      isSecret: true,
      subject: heading,
      content: {
        title: heading,
        paragraphs: [
          `Somebody has endorsed “${isolated(mail.title)}” with this address. If it was you, open the link within two days and confirm: then the endorsement is public and counted. Your address is never public.`,
          'Keep this mail: by the same link you can withdraw the endorsement at any time.',
        ],
        unexpected:
          'If this was not you, ignore this mail: nothing is published, and your address is forgotten.',
        button: {
          text: 'Look at the endorsement',
          url: this.links.mailedEndorsement(mail.token),
          effect:
            'The link opens a page that shows the endorsement; only its buttons confirm or withdraw it.',
        },
      },
    });
  }
}

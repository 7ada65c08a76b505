import type { SendMailOptions } from 'nodemailer';
import { domainOf, type Mailbox } from '../text/mailbox.ts';
import type { OutgoingMail } from './transport.ts';

/**
 * The message of a mail. All that names it, `Message-ID` and `Date` among it, comes from the row: a mail that is sent twice,
 * because a node died in between, is recognised as one.
 */
export const messageOf = (mail: OutgoingMail, from: Mailbox): SendMailOptions => ({
  from: { name: from.name, address: from.address },
  to: { name: '', address: mail.recipient },
  subject: mail.subject,
  text: mail.text,
  html: mail.html,
  date: mail.createdAt,
  messageId: `<${mail.id}@${domainOf(from.address)}>`,
  headers: {
    // Programs do not answer it (RFC 3834).
    'Auto-Submitted': 'auto-generated',
    ...(mail.unsubscribeUrl === null
      ? {}
      : {
          'List-Unsubscribe': { prepared: true, value: `<${mail.unsubscribeUrl}>` },
          // The address ends the mails by a POST, and by nothing else (RFC 8058).
          'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
        }),
  },
  disableFileAccess: true,
  disableUrlAccess: true,
});

import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { FolderTransport } from './folder-transport.ts';
import { MailOutbox } from './mail-outbox.ts';
import type { MailOutcome } from './mail-job.ts';
import { SmtpTransport } from './smtp-transport.ts';
import { parseSmtpUrl, type SmtpServer } from '../config/smtp-url.ts';
import type { MailTransport } from './transport.ts';

/** How the service sends mail. */
export interface Mail {
  readonly outbox: MailOutbox;
  readonly transport: MailTransport;
  readonly onOutcome: (outcome: MailOutcome) => void;
}

export interface MailOptions {
  readonly config: Config;
  /** The folder of the embedded database, in which mails are written that no server takes; undefined: there is none. */
  readonly folder: string | undefined;
  /** What takes mails, instead of what the settings choose. */
  readonly transport: MailTransport | undefined;
  readonly onOutcome: (outcome: MailOutcome) => void;
}

/** @returns undefined: the service sends no mail, and what needs one is off */
export function openMail({ config, folder, transport, onOutcome }: MailOptions): Mail | undefined {
  const opened = transport ?? transportOf(config, folder);
  if (!opened) return undefined;
  const outbox = new MailOutbox({
    site: config.siteName,
    maxPerRecipientPerHour: config.maxMailsPerRecipientPerHour,
    maxOfEndorsementsPerRecipientPerHour: config.maxEndorsementMailsPerRecipientPerHour,
    maxOfListsPerRecipientPerHour: config.maxNotificationMailsPerHour,
    maxPerSenderPerHour: config.maxMailsPerSenderPerHour,
    onLimited: () => onOutcome('limited'),
  });
  return { outbox, transport: opened, onOutcome };
}

/** Where mails go: to a server, to a folder, or nowhere. */
export type MailRoute =
  | { readonly to: 'server'; readonly server: SmtpServer }
  | { readonly to: 'folder'; readonly folder: string }
  | { readonly to: 'nowhere' };

/** @param folder as in `MailOptions` */
export function mailRoute({ smtpUrl, mailDelivery }: Config, folder: string | undefined): MailRoute {
  if (smtpUrl !== undefined) return { to: 'server', server: parseSmtpUrl(smtpUrl) };
  if (mailDelivery !== 'folder' || folder === undefined) return { to: 'nowhere' };
  return { to: 'folder', folder: join(folder, 'mails') };
}

function transportOf(config: Config, folder: string | undefined): MailTransport | undefined {
  const route = mailRoute(config, folder);
  const from = config.mailFrom;
  if (route.to === 'nowhere') return undefined;
  return route.to === 'server'
    ? new SmtpTransport({ server: route.server, from })
    : new FolderTransport({ folder: route.folder, from });
}

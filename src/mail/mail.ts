import { join } from 'node:path';
import type { Config } from '../config/config.ts';
import { FolderTransport } from './folder-transport.ts';
import { MailOutbox } from './mail-outbox.ts';
import type { MailOutcome } from './mail-worker.ts';
import { SmtpTransport } from './smtp-transport.ts';
import { parseSmtpUrl } from './smtp-url.ts';
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
    maxPerRecipientPerHour: config.maxMailsPerRecipientPerHour,
    maxPerSenderPerHour: config.maxMailsPerSenderPerHour,
    onLimited: () => onOutcome('limited'),
  });
  return { outbox, transport: opened, onOutcome };
}

function transportOf(
  { smtpUrl, mailFrom: from, mailDelivery }: Config,
  folder: string | undefined,
): MailTransport | undefined {
  if (smtpUrl !== undefined) return new SmtpTransport({ server: parseSmtpUrl(smtpUrl), from });
  if (mailDelivery !== 'folder' || folder === undefined) return undefined;
  return new FolderTransport({ folder: join(folder, 'mails'), from });
}

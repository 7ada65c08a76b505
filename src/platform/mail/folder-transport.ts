import { mkdir, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mailbox } from '../text/mailbox.ts';
import { messageOf } from './message.ts';
import type { MailTransport, OutgoingMail } from './transport.ts';

export interface FolderTransportOptions {
  readonly folder: string;
  readonly from: Mailbox;
  /** Mails that stay; the oldest go. Default: 1,000. */
  readonly keep?: number;
}

/** Writes mails to a folder instead of sending them, each as a file that programs for mail open. */
export class FolderTransport implements MailTransport {
  readonly keepsMails = true;

  constructor(private readonly options: FolderTransportOptions) {}

  async send(mail: OutgoingMail): Promise<void> {
    const { folder, from, keep = 1000 } = this.options;
    const { createTransport } = await import('nodemailer');
    const composer = createTransport({ streamTransport: true, buffer: true });
    const { message } = await composer.sendMail(messageOf(mail, from));
    if (!Buffer.isBuffer(message)) throw new Error('The message was not buffered');
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Names in the order of time; the same one for a mail that is written twice.
    const file = join(folder, `${mail.createdAt.toISOString().replaceAll(':', '-')}-${mail.id}.eml`);
    await writeFile(`${file}.part`, message, { mode: 0o600 });
    await rename(`${file}.part`, file);
    const files = (await readdir(folder)).filter((name) => name.endsWith('.eml')).sort();
    for (const name of files.slice(0, -keep)) await rm(join(folder, name), { force: true });
  }
}

/**
 * @database none
 */
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { simpleParser } from 'mailparser';
import { mkdtemp, readdir, readFile, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { FolderTransport } from '../../../src/platform/mail/folder-transport.ts';
import { openMail } from '../../../src/platform/mail/mail.ts';
import { SmtpTransport } from '../../../src/platform/mail/smtp-transport.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'standfirst-mails-'));
});
afterEach(() => rm(folder, { recursive: true }));

const mailOf = (second: number) => ({
  id: `00000000-0000-4000-8000-${String(second).padStart(12, '0')}`,
  recipient: 'ada@example.org',
  subject: `Subject ${second}`,
  text: 'A text\n',
  html: '<p>A text</p>',
  unsubscribeUrl: null,
  createdAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)),
});

const from = { name: 'The News', address: 'news@example.org' };
const idle = new AbortController().signal;

describe('the folder of mails', () => {
  it('has each mail as a file that its owner alone reads, once however often it is written', async () => {
    const transport = new FolderTransport({ folder: join(folder, 'mails'), from });
    for (const second of [1, 2, 2]) await transport.send(mailOf(second));
    const names = await readdir(join(folder, 'mails'));
    expect(names.sort()).toEqual([
      '2026-01-01T00-00-01.000Z-00000000-0000-4000-8000-000000000001.eml',
      '2026-01-01T00-00-02.000Z-00000000-0000-4000-8000-000000000002.eml',
    ]);
    const file = join(folder, 'mails', names[1] ?? '');
    expect(await simpleParser(await readFile(file))).toMatchObject({
      subject: 'Subject 2',
      text: 'A text\n',
      html: '<p>A text</p>',
      messageId: '<00000000-0000-4000-8000-000000000002@example.org>',
      date: new Date('2026-01-01T00:00:02Z'),
    });
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(folder, 'mails'))).mode & 0o777).toBe(0o700);
  });

  it('keeps the newest', async () => {
    const transport = new FolderTransport({ folder, from, keep: 3 });
    for (const second of [5, 1, 4, 2, 3]) await transport.send(mailOf(second));
    const names = await readdir(folder);
    expect(names.sort().map((name) => name.slice(17, 19))).toEqual(['03', '04', '05']);
  });
});

describe('where mails go', () => {
  const open = (settings: Record<string, string>) =>
    openMail({ config: parseConfig(settings), folder, transport: undefined, onOutcome: () => undefined });
  const database = { DATABASE_URL: 'postgres://localhost/x' };
  const smtp = { SMTP_URL: 'smtps://mail.example.org', MAIL_FROM: 'news@example.org' };

  it('is a folder on the embedded database', async () => {
    const mail = open({});
    await mail?.transport.send(mailOf(1), idle);
    expect(await readdir(join(folder, 'mails'))).toHaveLength(1);
  });

  it('is nowhere on another database, or in production, without a server', () => {
    expect([open(database), open({ NODE_ENV: 'production' })]).toEqual([undefined, undefined]);
  });

  it('is the server of the settings', () => {
    for (const settings of [smtp, { ...smtp, ...database }, { ...smtp, NODE_ENV: 'production' }])
      expect(open(settings)?.transport).toBeInstanceOf(SmtpTransport);
  });
});

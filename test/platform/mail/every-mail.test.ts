/** @database none */
import { describe, expect, it } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import { AccountMails } from '../../../src/features/people/mailed-links/account-mails.ts';
import type { Viewer } from '../../../src/platform/auth/viewer.ts';
import type { Tx } from '../../../src/platform/db/database.ts';
import { EndorsementMails } from '../../../src/features/endorsements/endorsement-mails.ts';
import { Links } from '../../../src/platform/http/links.ts';
import type { MailAsker } from '../../../src/platform/mail/mail-bounds.ts';
import type { MailOutbox, NewMail } from '../../../src/platform/mail/mail-outbox.ts';
import { renderMail, subjectOf } from '../../../src/platform/mail/template.ts';
import { notificationKinds } from '../../support/notifications.ts';
import type { UnmailedRow } from '../../../src/features/notifications/mails/notification-mail.queries.ts';
import { AdministratorMails } from '../../../src/features/moderation/person-page/administrator-mails.ts';
import type { NoticeRow } from '../../../src/features/moderation/person-page/administrator-notice.queries.ts';
import { NotificationMails } from '../../../src/features/notifications/mails/notification-mails.ts';
import { PasskeyMails } from '../../../src/features/people/passkeys/passkey-mails.ts';
import { WebhookMails } from '../../../src/features/integrations/webhooks/webhook-mails.ts';

const to = 'ada@example.org';
const token = 'x'.repeat(43);
const by: MailAsker = { name: 'address 192.0.2.1', network: '192.0.2.0/24', trust: 'STRANGER' };
const tx = undefined as unknown as Tx;

/** Everything that the service mails. */
function writeAll(): NewMail[] {
  const written: NewMail[] = [];
  const add = (_tx: Tx, mail: NewMail) => Promise.resolve(written.push(mail) > 0 ? 'ADDED' : 'KNOWN');
  const outbox = { add } as unknown as MailOutbox;
  const links = new Links();
  const account = new AccountMails(outbox, links);
  const passkeys = new PasskeyMails(outbox, links);
  const notifications = new NotificationMails(outbox, links, notificationKinds);
  void account.confirmSignUp(tx, to, token, by);
  void account.signUpKnown(tx, to, by);
  void account.resetPassword(tx, to, token, by);
  void account.signInLink(tx, to, token, by);
  void account.signInOtherwise(tx, to, by);
  for (const purpose of ['PASSWORD', 'SIGN_IN'] as const) void account.noAccount(tx, to, purpose, by);
  void account.passwordChanged(tx, to, '1');
  void account.confirmEmail(tx, to, token, by, '1');
  void account.emailKnown(tx, to, by, '1');
  for (const byLinks of [false, true]) {
    void account.emailToChange(tx, to, '1', byLinks);
    void account.erasureRequested(tx, to, { at: new Date(), byLinks }, '1');
  }
  void account.emailChanged(tx, to, '1');
  void account.newDevice(tx, to, { address: '192.0.2.1' });
  void account.loginLinked(tx, to);
  void account.proofsRefused(tx, to);
  for (const kind of [
    'PASSKEY_ADDED',
    'PASSKEY_COPIED',
    'PASSKEY_REMOVED',
    'RECOVERY_CODES_MADE',
    'RECOVERY_CODE_USED',
  ] as const)
    void passkeys.tell(tx, kind, { email: to, id: '1' });
  void new EndorsementMails(outbox, links).confirm(tx, { recipient: to, title: 'Kelp', token, by });
  const facts = { kind: 'SUSPENDED', reason: 'SPAM', until: null, since: null };
  const rows = Object.entries(notificationKinds).map(([kind, { about }]) => {
    const ofAccount = about === 'ACCOUNT';
    const article = ofAccount ? null : { title: 'Kelp', slug: 'kelp' };
    return { kind, article, articleId: ofAccount ? null : '1', subjectId: '2', facts } as UnmailedRow;
  });
  for (const told of [rows, ...rows.map((row) => [row])])
    void notifications.add(tx, {
      recipient: to,
      isDigest: told === rows,
      rows: told,
      unsubscribeToken: token,
    });
  for (const kind of ['ROLE_GRANTED', 'SIGNED_IN'] as const)
    void new AdministratorMails(outbox, links).tell(tx, to, { kind, occurredAt: new Date() } as NoticeRow);
  for (const what of ['MADE', 'CHANGED'] as const)
    void new WebhookMails(outbox, links).tell(
      tx,
      to,
      { what, name: 'Index', url: 'https://search.example.org/', by: { accountId: '1' } as Viewer },
      'Al Example',
    );
  return written;
}

describe('every mail', () => {
  const mails = writeAll();

  it('stands in this table', () => {
    const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('-mails.ts'),
    );
    const source = files.map((file) => readFileSync(`src/${file}`, 'utf8')).join('\n');
    const kinds = [
      ...[...source.matchAll(/kind: '([A-Z_]+)'/g)].map(([, kind]) => kind),
      ...[...source.matchAll(/^ {2}([A-Z_]+): \{\n {4}title:/gm)].map(([, kind]) => kind),
      'ENDORSEMENT',
      'NOTIFICATION',
      'NOTIFICATION_DIGEST',
    ];
    expect(files.length).toBeGreaterThanOrEqual(4);
    expect([...new Set(mails.map(({ kind }) => kind))].sort()).toEqual([...new Set(kinds)].sort());
  });

  it('about an answered appeal says so, and nothing of the decision', () => {
    const texts = mails.map(({ content }) => content.paragraphs);
    expect(texts).toContainEqual(['Your appeal was answered.']);
    expect(texts).toContainEqual([expect.stringContaining('Your account was suspended for good')]);
  });

  it('leads to addresses that the documents list for a page of one’s own', () => {
    const led = mails.flatMap(({ content, unsubscribeUrl }) =>
      [
        ...renderMail(content, 'The Kelp Post', unsubscribeUrl).text.matchAll(/http:\/\/localhost(\/\S*)/g),
      ].map(([, address = '']) =>
        address
          .replace(token, 'TOKEN')
          .replace('kelp', 'SLUG')
          .replace(/#comment-.+/, '#comment-ID'),
      ),
    );
    const [, section = ''] = readFileSync('docs/accounts.md', 'utf8').split('## Links of mails\n');
    const listed = [...(section.split('\n## ')[0] ?? '').matchAll(/^\| `([^`]+)`/gm)].map(([, path]) => path);
    expect(listed.sort()).toEqual([...new Set(led)].sort());
  });

  it.each(mails.map((mail) => [mail.kind, mail] as const))(
    '%s names the site, and says what the link does and what to do if it was not expected',
    (_, { subject, content, unsubscribeUrl }) => {
      const { text, html } = renderMail(content, 'The Kelp Post', unsubscribeUrl);
      expect(subjectOf(subject, 'The Kelp Post')).toMatch(/ – The Kelp Post$/);
      for (const form of [text, html]) {
        expect(form).toContain('This mail was sent by The Kelp Post.');
        expect(form).toMatch(/If this was not you|If it was not|How often you get such mails/);
      }
      if (!content.button) return;
      expect(text).toMatch(/^The link opens [^\n]+\.$/m);
      expect(text.indexOf('The link opens')).toBeLessThan(text.indexOf(content.button.url));
    },
  );
});

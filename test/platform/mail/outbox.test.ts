import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { features } from '../../../src/app/features.ts';
import { pruningTasks } from '../../../src/platform/feature/gather.ts';
import { parseConfig } from '../../../src/platform/config/config.ts';
import { personalDocument } from '../../../src/features/people/erasure/personal-data.ts';
import type { NewMail } from '../../../src/platform/mail/mail-outbox.ts';
import { InvalidMailError } from '../../../src/platform/mail/template.ts';
import { TestApp, useApp } from '../../support/app.ts';
import { erasureOf } from '../../support/erasure.ts';
import { addMails, featuresWithMail, newMail, noMailWork, noTransport } from '../../support/mail.ts';

describe('the outbox of mails', () => {
  const first = featuresWithMail();
  // Before the service is closed, which then checks that nothing is left open.
  afterAll(() => other.close());
  const app = useApp(noMailWork, { features: first.features, mailTransport: noTransport });
  const second = featuresWithMail();
  let other: TestApp;

  beforeAll(async () => {
    const { database } = app();
    other = await TestApp.start(noMailWork, {
      database,
      features: second.features,
      mailTransport: noTransport,
    });
  });
  beforeEach(() => app().app.db.query('DELETE FROM mail'));

  const add = (mail: NewMail, node: 'first' | 'second' = 'first') => {
    const [{ app: at }, { mail: opened }] = node === 'first' ? [app(), first] : [other, second];
    return at.db.transaction((tx) => opened().outbox.add(tx, mail));
  };
  const rows = () => app().app.db.query<Record<string, unknown>>('SELECT * FROM mail ORDER BY created_at');
  const limited = async () =>
    (
      await Promise.all(
        [app(), other].map(async ({ url }) => {
          const text = await (await fetch(`${url}/metrics`)).text();
          return Number(/standfirst_mails_total\{outcome="limited"\} (\d+)/.exec(text)?.[1] ?? 0);
        }),
      )
    ).reduce((sum, one) => sum + one);

  it('has a mail with the commit of what the mail tells of, and none without', async () => {
    const failing = app().app.db.transaction(async (tx) => {
      await first.mail().outbox.add(tx, newMail({ recipient: 'ada@example.org' }));
      throw new Error('What it tells of failed');
    });
    await expect(failing).rejects.toThrow('What it tells of failed');
    expect(await rows()).toEqual([]);
    expect(await add(newMail({ recipient: 'Ada@Example.org' }))).toBe('ADDED');
    expect(await rows()).toMatchObject([
      {
        recipient: 'ada@example.org',
        kind: 'TEST',
        subject: 'A subject – Standfirst',
        attempts: 0,
        sent_at: null,
      },
    ]);
  });

  it('has mails of one transaction to several addresses, which it holds first', async () => {
    const { outbox } = first.mail();
    const [ada, bo] = ['ada@example.org', 'bo@example.org'].map((recipient) => newMail({ recipient })) as [
      NewMail,
      NewMail,
    ];
    const unordered = app().app.db.transaction(async (tx) => {
      await outbox.add(tx, ada);
      await outbox.add(tx, bo);
    });
    await expect(unordered).rejects.toThrow('holds all of them first');
    expect(await rows()).toEqual([]);
    const answers = await app().app.db.transaction(async (tx) => {
      await outbox.hold(tx, ['Bo@example.org', 'ada@example.org']);
      return [await outbox.add(tx, ada), await outbox.add(tx, bo)];
    });
    expect(answers).toEqual(['ADDED', 'ADDED']);
  });

  it('takes no more mails to one address in an hour than the bound, by whichever node', async () => {
    const before = await limited();
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) =>
        add(
          newMail({ recipient: n % 3 === 0 ? 'ADA@example.org' : 'ada@example.org' }),
          n % 2 ? 'first' : 'second',
        ),
      ),
    );
    expect(answers.filter((answer) => answer === 'ADDED')).toHaveLength(6);
    expect(answers.filter((answer) => answer === 'TOO_MANY_TO_RECIPIENT')).toHaveLength(14);
    expect(await rows()).toHaveLength(6);
    expect((await limited()) - before).toBe(14);
    expect(await add(newMail({ recipient: 'bo@example.org' }))).toBe('ADDED');

    await app().app.db.query(
      `UPDATE mail SET created_at = created_at - interval '61 minutes' WHERE id = (SELECT id FROM mail
         WHERE recipient = 'ada@example.org' LIMIT 1)`,
    );
    expect(await add(newMail({ recipient: 'ada@example.org' }))).toBe('ADDED');
    expect(await add(newMail({ recipient: 'ada@example.org' }))).toBe('TOO_MANY_TO_RECIPIENT');
  });

  it('takes no more mails on behalf of one account in an hour than the bound, by whichever node', async () => {
    const { accountId: senderId } = await app().signUp();
    const answers = await Promise.all(
      Array.from({ length: 30 }, (_, n) =>
        add(newMail({ recipient: `reader-${n}@example.org`, senderId }), n % 2 ? 'first' : 'second'),
      ),
    );
    expect(answers.filter((answer) => answer === 'ADDED')).toHaveLength(20);
    expect(answers.filter((answer) => answer === 'TOO_MANY_BY_SENDER')).toHaveLength(10);
    expect(await add(newMail({ recipient: 'reader-x@example.org' }))).toBe('ADDED');
  });

  it('writes the first of several mails with one key', async () => {
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) =>
        add(
          newMail({ recipient: `reader-${n % 2}@example.org`, dedupeKey: 'once' }),
          n < 2 ? 'first' : 'second',
        ),
      ),
    );
    expect(answers.sort()).toEqual(['ADDED', 'KNOWN', 'KNOWN', 'KNOWN']);
    expect(await rows()).toHaveLength(1);
  });

  it.each<[string, Partial<NewMail>]>([
    ['a line break in the address', { recipient: 'ada@example.org\r\nBcc: all@example.org' }],
    ['a second address', { recipient: 'ada@example.org,all@example.org' }],
    ['an address in brackets', { recipient: 'Ada <ada@example.org>' }],
    ['no address', { recipient: 'ada' }],
    ['a long address', { recipient: `${'a'.repeat(250)}@example.org` }],
    ['a carriage return in the subject', { subject: 'A subject\rBcc: all@example.org' }],
    ['a line feed in the subject', { subject: 'A subject\nBcc: all@example.org' }],
    ['a long subject', { subject: 'x'.repeat(190) }],
    [
      'a line break in the link to unsubscribe',
      { unsubscribeUrl: 'https://example.org/\r\nBcc: all@example.org' },
    ],
    ['a link to unsubscribe that fits no line', { unsubscribeUrl: `https://example.org/${'x'.repeat(881)}` }],
    ['another link than one of the web', { unsubscribeUrl: 'mailto:all@example.org' }],
    [
      'a button with a script',
      {
        content: {
          title: '',
          paragraphs: [],
          unexpected: '',
          button: { text: '', url: 'javascript:x', effect: '' },
        },
      },
    ],
    ['too much text', { content: { title: 'x', paragraphs: ['x'.repeat(20_001)], unexpected: '' } }],
  ])('refuses %s', async (_, mail) => {
    await expect(add(newMail({ recipient: 'ada@example.org', ...mail }))).rejects.toThrow(InvalidMailError);
    expect(await rows()).toEqual([]);
  });

  it.each([
    ['recipient', 'ada@example.org\nBcc: all@example.org'],
    ['subject', 'A subject\r\nBcc: all@example.org'],
    ['unsubscribe_url', 'https://example.org/>\n'],
    ['last_error', '550 no such user ada@example.org'],
  ])('has a database that refuses such a %s as well', async (column, value) => {
    await add(newMail({ recipient: 'ada@example.org' }));
    await expect(app().app.db.query(`UPDATE mail SET ${column} = $1`, [value])).rejects.toMatchObject({
      code: '23514',
    });
  });

  it('empties mails after a week, and forgets them after a month', async () => {
    const { db } = app().app;
    const age = (recipient: string, days: number) =>
      db.query(`UPDATE mail SET created_at = created_at - $2 * interval '1 day' WHERE recipient = $1`, [
        recipient,
        days,
      ]);
    for (const name of ['new', 'sent', 'waiting', 'old'])
      await addMails(app(), first.mail(), newMail({ recipient: `${name}@example.org` }));
    await db.query(`UPDATE mail SET sent_at = now(), look_at = NULL WHERE recipient NOT LIKE 'waiting%'`);
    await age('new@example.org', 6.9);
    await age('sent@example.org', 7.1);
    await age('waiting@example.org', 7.1);
    await age('old@example.org', 30.1);
    for (const { name, step } of pruningTasks(features, parseConfig({})))
      if (name.includes('mails'))
        expect(await db.transaction((tx) => step(tx, new Date()))).toHaveProperty('more', false);
    const left = await db.query<{ recipient: string; text: string; html: string; subject: string }>(
      'SELECT recipient, text, html, subject FROM mail ORDER BY recipient',
    );
    expect(
      left.map(({ recipient, text, html, subject }) => [recipient, text + html + subject !== '']),
    ).toEqual([
      ['new@example.org', true],
      ['sent@example.org', false],
      ['waiting@example.org', true],
    ]);
  });

  it('forgets the mails to an account that is erased, and those on its behalf', async () => {
    const [user, stays] = [await app().signUp('Ida Example'), await app().signUp()];
    await addMails(
      app(),
      first.mail(),
      newMail({ recipient: user.email }),
      newMail({ recipient: 'bo@example.org', senderId: user.accountId, subject: 'Ida Example answered' }),
      newMail({ recipient: stays.email, senderId: stays.accountId }),
    );
    await erasureOf(app()).erase(user.email);
    expect(await rows()).toMatchObject([{ recipient: stays.email }]);
  });

  it('shows an account the mails to its address, without what gives rights, and no address of others', async () => {
    const user = await app().signUp();
    await addMails(
      app(),
      first.mail(),
      newMail({ recipient: user.email, subject: 'You were answered' }),
      newMail({ recipient: user.email, isSecret: true, subject: 'A new password' }),
      newMail({ recipient: 'bo@example.org', senderId: user.accountId }),
      newMail({ recipient: 'other@example.org' }),
    );
    let text = '';
    const kinds = features.flatMap(({ personalData }) => personalData);
    for await (const piece of personalDocument(kinds, app().app.db, user.accountId)) text += piece;
    const { mails } = JSON.parse(text) as { mails: Record<string, unknown>[] };
    const own = { kind: 'TEST', createdAt: expect.any(String), sentAt: null };
    expect(mails).toHaveLength(3);
    expect(mails).toEqual(
      expect.arrayContaining([
        {
          ...own,
          recipient: user.email,
          subject: 'You were answered – Standfirst',
          text: 'A title\n\nA paragraph.\n\nIgnore it.\n\nThis mail was sent by Standfirst.\n',
        },
        { ...own, recipient: user.email },
        { createdAt: expect.any(String), sentAt: null, toSomebodyElse: true },
      ]),
    );
  });
});

/**
 * @seconds 16
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { randomUUID } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FolderTransport } from '../../../src/platform/mail/folder-transport.ts';
import { dueMailsSql, pruneMailContents, takeMail } from '../../../src/platform/mail/mail.queries.ts';
import { SmtpTransport } from '../../../src/platform/mail/smtp-transport.ts';
import { parseSmtpUrl } from '../../../src/platform/config/smtp-url.ts';
import { TestApp, type TestUser, useApp } from '../../support/app.ts';
import { eventually } from '../../support/eventually.ts';
import { keptLogger } from '../../support/kept-logger.ts';
import {
  addMails,
  featuresWithMail,
  hastenMails,
  newMail,
  newMailWorker,
  noMailWork,
  noTransport,
} from '../../support/mail.ts';
import { TestSmtpServer } from '../../support/smtp.ts';

const from = { name: 'The News', address: 'news@example.org' };

describe('the worker of mails', () => {
  const { features, mail } = featuresWithMail();
  const app = useApp(
    { ...noMailWork, MAX_MAILS_PER_RECIPIENT_PER_HOUR: '1000' },
    { features, mailTransport: noTransport },
  );
  let server: TestSmtpServer;

  beforeEach(async () => {
    await app().app.db.query('DELETE FROM mail');
    server = new TestSmtpServer();
    await server.start();
  });
  afterEach(() => server.stop());

  const transport = () => new SmtpTransport({ server: parseSmtpUrl(server.settings.SMTP_URL ?? ''), from });
  const rows = () =>
    app().app.db.query<Record<string, unknown>>(
      `SELECT recipient, attempts, sent_at IS NOT NULL AS sent, given_up_at IS NOT NULL AS "givenUp",
         last_error AS error, extract(epoch FROM look_at - now()) AS "secondsToGo" FROM mail ORDER BY recipient`,
    );
  const addTo = (...recipients: string[]) =>
    addMails(app(), mail(), ...recipients.map((recipient) => newMail({ recipient })));

  it('sends a mail whole, in plain text and HTML, with one-click unsubscribing', async () => {
    const unsubscribeUrl = `https://news.example.org/unsubscribe?token=${'x'.repeat(840)}&a=<b>`;
    const subject = 'Ünsere Antwort auf “<b>Kelp</b>”';
    const paragraphs = [
      `Zoë wrote: <script>alert("1")</script> & more\r\nBcc: all@example.org`,
      'x '.repeat(3000),
    ];
    const button = {
      text: 'Read <it>',
      url: 'https://news.example.org/articles/kelp?a=1&b="2"',
      effect: 'The link opens a page.',
    };
    await addMails(
      app(),
      mail(),
      newMail({
        recipient: 'Ada@example.org',
        subject,
        unsubscribeUrl,
        content: { title: subject, paragraphs, button, unexpected: 'Ignore it.' },
      }),
    );
    const { worker, outcomes } = newMailWorker(app(), { transport: transport() });
    await worker.run();
    expect(outcomes).toEqual(['sent']);
    const [{ id }] = (await app().app.db.query<{ id: string }>('SELECT id FROM mail')) as [{ id: string }];
    expect(server.taken).toHaveLength(1);
    const { envelope, source, parsed } = server.taken[0]!;
    expect(envelope).toEqual({ from: 'news@example.org', to: ['ada@example.org'] });
    expect(parsed.from?.value).toEqual([{ name: 'The News', address: 'news@example.org' }]);
    expect(parsed).toMatchObject({
      subject: `${subject} – Standfirst`,
      messageId: `<${id}@example.org>`,
      attachments: [],
    });
    expect(parsed.bcc).toBeUndefined();
    const url = unsubscribeUrl.replace('<b>', '%3Cb%3E');
    expect(parsed.headers.get('list')).toMatchObject({ unsubscribe: { url } });
    expect(source).toMatch(/^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r$/m);
    expect(source).toMatch(/^Auto-Submitted: auto-generated\r$/m);
    expect(parsed.text).toContain('Zoë wrote: <script>alert("1")</script> & more Bcc: all@example.org\n');
    expect(parsed.text).toContain('Read <it>:\nhttps://news.example.org/articles/kelp?a=1&b=%222%22\n');
    expect(parsed.text).toContain(`-- \nGet no more mails of this kind:\n${url}\n`);
    expect(parsed.html).toContain(
      '<p>Zoë wrote: &lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt; &amp; more Bcc: all',
    );
    expect(parsed.html).toContain('href="https://news.example.org/articles/kelp?a=1&amp;b=%222%22"');
    expect(parsed.html).not.toContain('<script');
    // The limit of a line, in RFC 5322.
    expect(Math.max(...source.split('\r\n').map((line) => line.length))).toBeLessThanOrEqual(998);
  });

  it('has no header for unsubscribing where there is nothing to unsubscribe from', async () => {
    await addTo('ada@example.org');
    await newMailWorker(app(), { transport: transport() }).worker.run();
    expect(server.taken[0]?.source).not.toContain('List-Unsubscribe');
  });

  it('sends each of many mails once, however many workers there are', async () => {
    const recipients = Array.from(
      { length: 30 },
      (_, n) => `reader-${String(n).padStart(2, '0')}@example.org`,
    );
    await addTo(...recipients);
    const workers = Array.from({ length: 3 }, () => newMailWorker(app(), { transport: transport() }));
    await Promise.all(workers.map(({ worker }) => worker.run()));
    expect(server.recipients.sort()).toEqual(recipients);
    expect((await rows()).every(({ sent, attempts }) => sent && attempts === 1)).toBe(true);
  });

  it('doubles at most the one mail between sending and marking, recognisably, and loses none', async () => {
    const recipients = ['a', 'b', 'c', 'd', 'e'].map((name) => `${name}@example.org`);
    await addTo(...recipients);
    let marks = 0;
    const { db } = app().app;
    // Dies when the second mail is sent, before it is marked.
    const dying = newMailWorker(app(), {
      transport: transport(),
      db: {
        query: (text, values) =>
          text.includes('SET sent_at') && (marks += 1) === 2
            ? Promise.reject(new Error('killed'))
            : db.query(text, values),
      },
    });
    await dying.worker.run();
    expect(server.taken).toHaveLength(2);
    const next = newMailWorker(app(), { transport: transport() });
    await next.worker.run();
    // The mail that the dead worker has taken is left alone until its lease is over.
    expect(server.taken).toHaveLength(5);
    expect((await rows()).filter(({ sent }) => !sent)).toMatchObject([{ attempts: 1 }]);
    await hastenMails(app());
    await next.worker.run();
    expect((await rows()).every(({ sent }) => sent)).toBe(true);
    expect([...new Set(server.recipients)].sort()).toEqual(recipients);
    expect(server.taken).toHaveLength(6);
    const names = server.taken.map(({ parsed }) => `${parsed.messageId} ${parsed.date?.toISOString()}`);
    expect(new Set(names).size).toBe(5);
  });

  it('keeps mails while the server is down, asks it once a run, and sends them when it is up', async () => {
    await addTo('a@example.org', 'b@example.org', 'c@example.org');
    await server.stop();
    const { worker, outcomes, errors } = newMailWorker(app(), { transport: transport() });
    await worker.run();
    await worker.run();
    expect(outcomes).toEqual(['put_off', 'put_off']);
    expect(errors.map(({ message }) => message)).toEqual(
      Array.from({ length: 2 }, () =>
        expect.stringMatching(/^The mail was not sent \(unreachable\): E[A-Z]+$/),
      ),
    );
    expect((await rows()).filter(({ error }) => error !== null)).toHaveLength(2);
    await server.start();
    await hastenMails(app());
    await worker.run();
    expect(server.recipients.sort()).toEqual(['a@example.org', 'b@example.org', 'c@example.org']);
    expect((await rows()).every(({ sent, error }) => sent && error === null)).toBe(true);
  });

  it('puts a mail off that the server does not take now, for longer each time, and sends the others', async () => {
    server.answers.set('grey@example.org', 451);
    await addTo('grey@example.org', 'white@example.org');
    const { worker, outcomes } = newMailWorker(app(), { transport: transport() });
    await worker.run();
    expect(outcomes).toEqual(['put_off', 'sent']);
    const seconds: number[] = [];
    for (let n = 0; n < 9; n++) {
      const [grey] = await rows();
      expect(grey).toMatchObject({ attempts: n + 1, sent: false, givenUp: false, error: 'EENVELOPE 451' });
      seconds.push(Math.round(Number(grey?.secondsToGo) / 10) * 10);
      await hastenMails(app());
      await worker.run();
    }
    expect(seconds).toEqual([30, 60, 120, 240, 480, 960, 1920, 3600, 3600]);
    server.answers.clear();
    await hastenMails(app());
    await worker.run();
    expect(server.recipients).toEqual(['white@example.org', 'grey@example.org']);
  });

  it('takes a mail that its process left at once, and for longer each time if the next ones leave it as well', async () => {
    const { db } = app().app;
    await addTo('a@example.org');
    const due = async (): Promise<boolean[]> =>
      [(await db.query(dueMailsSql)).length > 0, await takeMail(db, randomUUID())].map(Boolean);
    const pass = (seconds: number) =>
      db.query(`UPDATE mail SET look_at = look_at - $1 * interval '1 second'`, [seconds]);
    const { worker, outcomes } = newMailWorker(app(), { transport: transport() });
    server.answers.set('a@example.org', 451);
    await worker.run();
    await hastenMails(app());
    // The first process; the mail server has answered the attempt before.
    expect([outcomes, await due()]).toEqual([['put_off'], [true, true]]);
    expect(await due()).toEqual([true, true]);
    for (const seconds of [60, 120, 240, 480, 960]) {
      await pass(seconds - 10);
      expect([seconds, await due()]).toEqual([seconds, [false, false]]);
      await pass(11);
      expect([seconds, await due()]).toEqual([seconds, [true, true]]);
    }
    server.answers.clear();
    await hastenMails(app());
    await worker.run();
    expect(outcomes).toEqual(['put_off', 'sent']);
  });

  it('gives a mail up after three days', async () => {
    server.answers.set('grey@example.org', 451);
    await addTo('grey@example.org', 'never@example.org');
    const { worker, outcomes } = newMailWorker(app(), { transport: transport() });
    const age = (name: string, hours: number) =>
      app().app.db.query(
        `UPDATE mail SET created_at = now() - $2 * interval '1 hour', look_at = now() WHERE recipient = $1`,
        [`${name}@example.org`, hours],
      );
    await age('grey', 71.9);
    await age('never', 72.1);
    await worker.run();
    expect(outcomes.sort()).toEqual(['given_up', 'put_off']);
    await age('grey', 72.1);
    await worker.run();
    expect(await rows()).toMatchObject([
      { recipient: 'grey@example.org', attempts: 2, givenUp: true, error: 'EENVELOPE 451' },
      { recipient: 'never@example.org', attempts: 1, givenUp: true, error: 'NOT SENT IN TIME' },
    ]);
    expect(server.taken).toEqual([]);
  });

  it('gives a mail up at once that the server refuses for good, and keeps no text of the server', async () => {
    server.answers.set('nobody@example.org', 550);
    await addTo('nobody@example.org');
    const { worker, outcomes, errors } = newMailWorker(app(), { transport: transport() });
    await worker.run();
    expect(outcomes).toEqual(['refused']);
    server.answerToData = 554;
    await addTo('somebody@example.org');
    await worker.run();
    expect(await rows()).toMatchObject([
      { recipient: 'nobody@example.org', attempts: 1, givenUp: true, error: 'EENVELOPE 550' },
      { recipient: 'somebody@example.org', attempts: 1, givenUp: true, error: 'EMESSAGE 554' },
    ]);
    for (const { message, stack } of errors) expect(`${message} ${stack}`).not.toContain('@example.org');
  });

  it('removes contents that give rights once the mail is sent', async () => {
    await addMails(
      app(),
      mail(),
      newMail({ recipient: 'a@example.org', isSecret: true, subject: 'A new password' }),
    );
    await newMailWorker(app(), { transport: transport() }).worker.run();
    expect(server.taken[0]?.parsed.subject).toBe('A new password – Standfirst');
    const contents = await app().app.db.query('SELECT subject, text, html FROM mail');
    expect(contents).toEqual([{ subject: '', text: '', html: '' }]);
  });

  it('shows nobody the mails that it sends', async () => {
    await addTo('a@example.org');
    const { token } = await app().signUp('Ada Example', 'ADMINISTRATOR');
    const answer = await app().query(
      '{ viewer { canReadOutgoingMails } outgoingMails { nodes { text } } }',
      {},
      { token },
    );
    expect(answer.data).toEqual({ viewer: { canReadOutgoingMails: false }, outgoingMails: null });
    expect(answer.errors).toMatchObject([
      {
        message: 'This service does not write its mails to a folder: nobody can read them here.',
        extensions: { code: 'FORBIDDEN' },
      },
    ]);
  });

  it('stops although the server does not answer, and the mail stays', async () => {
    server.hangs = true;
    await addTo('a@example.org');
    const { worker } = newMailWorker(app(), { transport: transport() });
    const stopping = new AbortController();
    const running = worker.run(stopping.signal);
    await eventually('the mail to be taken', async () => (await rows())[0]?.attempts === 1);
    stopping.abort();
    await running;
    expect(await rows()).toMatchObject([{ sent: false, givenUp: false, error: 'EABORT' }]);
  });

  it('refuses servers elsewhere that have no TLS, or a certificate that nobody has signed', async () => {
    const withTls = new TestSmtpServer({ disabledCommands: [] });
    await withTls.start();
    await addTo('a@example.org');
    const elsewhere = (port: number) =>
      new SmtpTransport({ server: { ...parseSmtpUrl(`smtp://127.0.0.1:${port}`), isLoopback: false }, from });
    for (const { port } of [server, withTls]) {
      const { worker, outcomes } = newMailWorker(app(), { transport: elsewhere(port) });
      await worker.run();
      expect(outcomes).toEqual(['put_off']);
      await hastenMails(app());
    }
    expect([server.taken, withTls.taken]).toEqual([[], []]);
    // On this machine both are used, the second with TLS.
    const local = new SmtpTransport({ server: parseSmtpUrl(`smtp://127.0.0.1:${withTls.port}`), from });
    await newMailWorker(app(), { transport: local }).worker.run();
    expect(withTls.taken).toHaveLength(1);
    await withTls.stop();
  });
});

describe('a service that writes its mails to a folder', () => {
  const { features, mail } = featuresWithMail();
  let service: TestApp;
  let folder: string;
  let administrator: TestUser;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'standfirst-mails-'));
    service = await TestApp.start(noMailWork, {
      features,
      mailTransport: new FolderTransport({ folder, from }),
    });
    administrator = await service.signUp('Ada Example', 'ADMINISTRATOR');
  });
  afterAll(async () => {
    await service.close();
    await rm(folder, { recursive: true });
  });
  beforeEach(() => service.app.db.query('DELETE FROM mail'));

  const fields = 'id recipient kind subject text createdAt sentAt';
  const list = async (args = ''): Promise<any> => {
    const query = `{ outgoingMails${args} { nodes { ${fields} } edges { cursor } pageInfo { hasNextPage hasPreviousPage } } }`;
    return (await service.data(query, {}, administrator.token)).outgoingMails;
  };

  it('lets an administrator read them, also those that give rights, before and after they are written', async () => {
    const button = {
      text: 'Choose a password',
      url: 'https://news.example.org/reset?token=once',
      effect: 'The link opens a page.',
    };
    const content = { title: 'A new password', paragraphs: [], button, unexpected: 'Ignore it.' };
    await addMails(
      service,
      mail(),
      newMail({ recipient: 'a@example.org', kind: 'PASSWORD_RESET', isSecret: true, content }),
    );
    const written = {
      recipient: 'a@example.org',
      kind: 'PASSWORD_RESET',
      subject: 'A subject – Standfirst',
      text: `A new password\n\nThe link opens a page.\n\nChoose a password:\n${button.url}\n\nIgnore it.\n\nThis mail was sent by Standfirst.\n`,
    };
    expect((await list()).nodes).toMatchObject([{ ...written, sentAt: null }]);
    await newMailWorker(service, { transport: mail().transport }).worker.run();
    const { nodes } = await list();
    expect(nodes).toMatchObject([{ ...written, sentAt: expect.any(String) }]);
    const [file = ''] = await readdir(folder);
    expect(file).toContain(nodes[0].id);
  });

  it('empties them after a week all the same', async () => {
    await addMails(service, mail(), newMail({ recipient: 'a@example.org', isSecret: true }));
    await newMailWorker(service, { transport: mail().transport }).worker.run();
    const { db } = service.app;
    await db.query(`UPDATE mail SET created_at = created_at - interval '8 days'`);
    await db.transaction((tx) => pruneMailContents(tx, new Date()));
    expect((await list()).nodes).toMatchObject([{ recipient: 'a@example.org', subject: null, text: null }]);
  });

  it('has pages in the order of time and id, without a gap or a double at the same instant', async () => {
    const recipients = Array.from({ length: 7 }, (_, n) => `reader-${n}@example.org`);
    await addMails(service, mail(), ...recipients.map((recipient) => newMail({ recipient })));
    const { db } = service.app;
    await db.query(
      `UPDATE mail SET created_at = '2026-01-01T00:00:00.123456Z' WHERE recipient <> 'reader-6@example.org'`,
    );
    const expected = await db.query<{ id: string }>('SELECT id FROM mail ORDER BY created_at DESC, id DESC');
    for (const [size, way, from] of [
      ['first', 'after', 0],
      ['last', 'before', -1],
    ] as const) {
      const found: string[] = [];
      let cursor = '';
      for (let isMore = true; isMore;) {
        const page = await list(`(${size}: 2${cursor})`);
        const ids = page.nodes.map(({ id }: { id: string }) => id);
        found[size === 'first' ? 'push' : 'unshift'](...ids);
        isMore = page.pageInfo[size === 'first' ? 'hasNextPage' : 'hasPreviousPage'];
        cursor = `, ${way}: "${page.edges.at(size === 'first' ? -1 : from + 1).cursor}"`;
      }
      expect(found).toEqual(expected.map(({ id }) => id));
    }
  });

  it('refuses cursors that are none of the list, and answers invented ones with a page', async () => {
    const cursorOf = (...keys: string[]) =>
      Buffer.from(`${['mails', ...keys].join('|')}.`).toString('base64url');
    const ask = (after: string) =>
      service.query(
        'query ($after: Cursor) { outgoingMails(after: $after) { nodes { id } } }',
        { after },
        administrator,
      );
    expect((await ask(cursorOf('1', '2'))).errors?.[0]?.extensions.code).toBe('BAD_USER_INPUT');
    const extremes = ['-9223372036854775808', '-1', '0', '9223372036854775807'];
    for (const extreme of extremes)
      expect((await ask(cursorOf(extreme, extreme, extreme))).data).toEqual({ outgoingMails: { nodes: [] } });
  });
});

describe('a service with SMTP_URL', () => {
  it('sends its mails by itself, counts them, and names the password nowhere', async () => {
    const accepted = { username: 'mailer', password: 'hunter2' };
    let isKnown = false;
    const server = new TestSmtpServer({
      authOptional: false,
      allowInsecureAuth: true,
      onAuth: ({ username, password }, _session, done) =>
        isKnown && username === accepted.username && password === accepted.password
          ? done(null, { user: username })
          : done(new Error(`535 wrong: ${password}`)),
    });
    await server.start();
    const { logger, lines } = keptLogger();
    const { features, mail } = featuresWithMail();
    const settings = {
      ...server.settings,
      SMTP_URL: `smtp://mailer:hunter2@127.0.0.1:${server.port}`,
      MAIL_POLL_MS: '100',
    };
    const service = await TestApp.start(settings, { features, logger });
    try {
      await addMails(service, mail(), newMail({ recipient: 'ada@example.org' }));
      await eventually('a warning', () => lines.some((line) => /"job":"mails".*a job failed/.test(line)));
      isKnown = true;
      await eventually('the mail to be sent', async () => {
        await hastenMails(service);
        return server.taken.length > 0;
      });
      await eventually('the count', async () =>
        (await (await fetch(`${service.url}/metrics`)).text()).includes(
          'standfirst_mails_total{outcome="sent"} 1',
        ),
      );
      expect(await service.app.db.query('SELECT FROM mail WHERE last_error IS NOT NULL')).toEqual([]);
    } finally {
      await service.close();
      await server.stop();
    }
    const log = lines.join('\n');
    expect(log).toContain('EAUTH 535');
    for (const absent of ['hunter2', 'ada@example.org']) expect(log).not.toContain(absent);
  });
});

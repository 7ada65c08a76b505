/**
 * @database either
 */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { TestApp } from '../../support/app.ts';
import { createTestDatabase, type TestDatabase } from '../../support/database.ts';
import { eventually } from '../../support/eventually.ts';
import { addMails, featuresWithMail, newMail, noMailWork, noTransport } from '../../support/mail.ts';
import { buildProgram } from '../../support/program.ts';
import { Service } from '../../support/service.ts';
import { TestSmtpServer } from '../../support/smtp.ts';

/** Where a process is killed: while the answer to the contents is on its way, or while the mark is being written. */
const moments = ['before the answer', 'before the answer', 'before the mark'] as const;

describe('a process that is killed while it sends mails', () => {
  const { features, mail } = featuresWithMail();
  const server = new TestSmtpServer();
  let database: TestDatabase;
  /** Adds mails, and sends none. */
  let app: TestApp;
  let service: Service | undefined;

  beforeAll(async () => {
    await buildProgram();
    database = await createTestDatabase();
    app = await TestApp.start(noMailWork, { database, features, mailTransport: noTransport });
  }, 240_000);
  beforeEach(() => server.start());
  afterEach(async () => {
    await service?.end('SIGKILL');
    await server.stop();
  });
  afterAll(async () => {
    await app.close();
    await database.drop();
  });

  const start = (): Service =>
    (service = new Service({
      DATABASE_URL: database.url,
      SESSION_SECRET: 'a secret that only the tests know and use',
      FUNDING: 'off',
      MAIL_POLL_MS: '100',
      ...server.settings,
    }));
  const kill = async (): Promise<void> => {
    expect(await service?.end('SIGKILL')).toBe('SIGKILL');
  };
  const sent = async (): Promise<number> =>
    (await app.app.db.query('SELECT FROM mail WHERE sent_at IS NOT NULL')).length;
  const leased = () =>
    app.app.db.query<{ recipient: string }>(
      `SELECT recipient FROM mail WHERE sent_at IS NULL AND attempts > 0 AND look_at > now() + interval '1 minute'`,
    );

  /** Lets a process send two mails, and kills it when the server has just taken the next one. */
  async function sendSomeAndKill(moment: (typeof moments)[number]): Promise<void> {
    const before = server.taken.length;
    const isLast = () => server.taken.length === before + 3;
    let release: () => void = () => undefined;
    const released = new Promise<void>((resolve) => (release = resolve));
    await app.app.db.transaction(async (tx) => {
      server.onTaken = async () => {
        if (!isLast()) return;
        if (moment === 'before the mark') {
          const recipient = server.recipients.at(-1);
          // The process waits for this lock when it marks the mail.
          await tx.query('SELECT FROM mail WHERE recipient = $1 FOR UPDATE', [recipient]);
        } else await released;
      };
      start();
      await eventually('the mail to be taken', isLast);
      if (moment === 'before the mark')
        // By other transactions: one transaction sees the same activity all the time.
        await eventually('the mark to wait', async () => {
          const waiting = await app.app.db.query(
            `SELECT FROM pg_stat_activity
             WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE 'UPDATE mail SET sent_at%'`,
          );
          return waiting.length > 0;
        });
      await kill();
      // Otherwise PostgreSQL ends the statement of the dead process.
      await app.app.db.query(
        `SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
         WHERE datname = current_database() AND wait_event_type = 'Lock'`,
      );
    });
    release();
  }

  it('doubles at most that one mail, recognisably, and loses none', async () => {
    const recipients = Array.from({ length: 12 }, (_, n) => `reader-${n + 10}@example.org`);
    await addMails(app, mail(), ...recipients.map((recipient) => newMail({ recipient })));
    const doubled: string[] = [];
    for (const moment of moments) {
      await sendSomeAndKill(moment);
      const held = server.recipients.at(-1) ?? '';
      // The dead process still has the mail, so that no other one sends it before that one counts as gone.
      expect(await leased()).toEqual([{ recipient: held }]);
      doubled.push(held);
      server.onTaken = () => Promise.resolve();
      await eventually('the process to be gone', async () => {
        const alive = await app.app.db.query('SELECT FROM process WHERE alive_until > clock_timestamp()');
        return alive.length === 0;
      });
    }
    start();
    await eventually('all mails to be sent', async () => (await sent()) === recipients.length);
    await eventually('the line on mails', () => service?.output.includes('are sent through 127.0.0.1'));
    expect(await service?.end('SIGTERM')).toBe(0);

    for (const recipient of recipients) {
      const copies = server.taken.filter(({ envelope }) => envelope.to[0] === recipient);
      expect([recipient, copies.length]).toEqual([recipient, doubled.includes(recipient) ? 2 : 1]);
      expect(new Set(copies.map(({ parsed }) => parsed.messageId)).size).toBe(1);
      expect(new Set(copies.map(({ parsed }) => String(parsed.date))).size).toBe(1);
    }
    expect(new Set(doubled).size).toBe(moments.length);
  });
});

import { features } from '../../src/app/features.ts';
import { notificationsOf } from '../../src/platform/feature/gather.ts';
import { Links } from '../../src/platform/http/links.ts';
import { Inbox } from '../../src/features/notifications/inbox/inbox.ts';
import type { Mail } from '../../src/platform/mail/mail.ts';
import {
  type NotificationMailOptions,
  NotificationMailService,
} from '../../src/features/notifications/mails/notification-mail.service.ts';
import { NotificationMails } from '../../src/features/notifications/mails/notification-mails.ts';
import { selectDueArticles } from '../../src/features/notifications/telling/tell.queries.ts';
import { maxArticles, TellService } from '../../src/features/notifications/telling/tell.service.ts';
import type { TestApp } from './app.ts';
import { eventually } from './eventually.ts';

/** The kinds of notifications that the service has. */
export const notificationKinds = notificationsOf(features);

/**
 * Tells of everything that has happened so far, as another node would. What the service's own worker has begun to tell
 * is told as well when this resolves.
 */
export async function tellAll({ app: { db, bus } }: TestApp): Promise<void> {
  const telling = new TellService(db, new Inbox(bus), notificationKinds);
  await eventually('everything to be told', async () => {
    const { due } = await selectDueArticles(db, '0', 100_000);
    // Of an article that another process is at, nothing is told here.
    if (due.length > 0) await telling.tell(due.slice(0, maxArticles));
    return due.length === 0;
  });
}

/** Writes mails about notifications, as another node would, without waiting for what may be read meanwhile. */
export function notificationMailer(
  { app: { db } }: TestApp,
  { outbox }: Mail,
  options: Partial<NotificationMailOptions> = {},
): NotificationMailService {
  const links = new Links();
  links.setBase('https://news.example.org');
  const mails = new NotificationMails(outbox, links, notificationKinds);
  return new NotificationMailService({
    db,
    declared: notificationKinds,
    mails,
    delaySeconds: 0,
    digestHour: 6,
    ...options,
  });
}

/** Does all steps of a mailer that are due. */
export async function mailAll(mailer: NotificationMailService): Promise<void> {
  while (await mailer.mailNext());
}

/** Lets the time of all daily mails come now. */
export const hastenDigests = ({ app: { db } }: TestApp) =>
  db.query(
    `UPDATE inbox SET digest_at = now() - interval '1 second', mail_at = now() - interval '1 second'
     WHERE digest_at IS NOT NULL`,
  );

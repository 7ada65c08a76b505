import { features } from '../../src/app/features.ts';
import { nothingToErase } from '../../src/platform/feature/erasure.ts';
import { defineFeature, type Feature } from '../../src/platform/feature/feature.ts';
import { Leases } from '../../src/platform/jobs/leases.ts';
import type { Mail } from '../../src/platform/mail/mail.ts';
import type { NewMail } from '../../src/platform/mail/mail-outbox.ts';
import { MailJob, type MailJobOptions, type MailOutcome } from '../../src/platform/mail/mail-job.ts';
import type { MailTransport } from '../../src/platform/mail/transport.ts';
import type { TestApp } from './app.ts';

/** Settings with which the service sends no mail by itself: a test runs the worker when it wants to. */
export const noMailWork = { MAIL_POLL_MS: '600000' };

/** A transport that takes no mail. */
export const noTransport: MailTransport = { send: () => Promise.reject(new Error('Nothing is sent here')) };

/** All features, and one that passes on how the service sends mail. */
export function featuresWithMail(): { features: readonly Feature[]; mail: () => Mail } {
  let opened: Mail | undefined;
  const probe = defineFeature({
    name: 'probe',
    migrations: [],
    tables: [],
    resolvers: [],
    types: [],
    nodes: {},
    logs: [],
    events: {},
    counters: {},
    notifications: {},
    idempotency: {},
    errorCodes: {},
    scopes: {},
    texts: {},
    invariants: {},
    pruning: () => [],
    jobs: ({ mail }) => {
      opened = mail;
      return [];
    },
    routes: () => [],
    served: { pages: {}, parts: {}, texts: {} },
    erasure: () => nothingToErase,
    personalData: [],
  });
  return {
    features: [...features, probe],
    mail: () => {
      if (!opened) throw new Error('The service sends no mail');
      return opened;
    },
  };
}

/** A mail with defaults for what a test does not care about. */
export const newMail = (mail: Partial<NewMail> & Pick<NewMail, 'recipient'>): NewMail => ({
  kind: 'TEST',
  isSecret: false,
  subject: 'A subject',
  content: { title: 'A title', paragraphs: ['A paragraph.'], unexpected: 'Ignore it.' },
  ...mail,
});

/** Adds mails to the outbox of a service, each in a transaction of its own. */
export async function addMails(
  { app: { db } }: TestApp,
  { outbox }: Mail,
  ...mails: NewMail[]
): Promise<void> {
  for (const mail of mails) {
    const answer = await db.transaction((tx) => outbox.add(tx, mail));
    if (answer !== 'ADDED') throw new Error(answer);
  }
}

/** What sends mails of a service, as another node would, with what it has told. A run ends with the first failure that concerns all mails. */
export function newMailWorker(
  { app: { db } }: TestApp,
  options: Partial<MailJobOptions> & Pick<MailJobOptions, 'transport'>,
): {
  worker: { run: (signal?: AbortSignal) => Promise<void> };
  outcomes: MailOutcome[];
  errors: Error[];
} {
  const outcomes: MailOutcome[] = [];
  const errors: Error[] = [];
  const onError = (error: unknown) => void errors.push(error as Error);
  const job = new MailJob({
    db,
    leases: new Leases({ db, onError }),
    everyMs: 100,
    onOutcome: (outcome) => outcomes.push(outcome),
    onError,
    ...options,
  });
  const run = async (signal = new AbortController().signal): Promise<void> => {
    await job.step(signal).catch(onError);
  };
  return { worker: { run }, outcomes, errors };
}

/** Lets the time of all mails that wait, or that a worker has taken, come now. */
export const hastenMails = ({ app: { db } }: TestApp) =>
  db.query(`UPDATE mail SET look_at = now() - interval '1 second' WHERE look_at IS NOT NULL`);

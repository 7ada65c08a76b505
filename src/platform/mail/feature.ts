import { defineFeature } from '../feature/feature.ts';
import { MailEntity } from './mail.entity.ts';
import { deleteMails, mailData, pruneMailContents, pruneMails } from './mail.queries.ts';
import { MailWorker } from './mail-worker.ts';

/** Mails, and the work of sending them. */
export const mailFeature = defineFeature({
  name: 'mail',
  tables: [MailEntity],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [
    { name: 'contents of mails', step: pruneMailContents },
    { name: 'mails', step: pruneMails },
  ],
  background: ({ mail, db, leases, config, warn }) =>
    mail
      ? [
          new MailWorker({
            db: db.forNode('mail'),
            leases,
            transport: mail.transport,
            intervalMs: config.mailPollMs,
            onOutcome: mail.onOutcome,
            onError: (error) => warn(error, 'a mail could not be sent'),
          }),
        ]
      : [],
  // At the end as well: a request that was under way may have written another one.
  erasure: () => ({ close: deleteMails, finish: deleteMails }),
  personalData: [mailData],
});

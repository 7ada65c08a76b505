import { nothingToErase } from '../../../platform/feature/erasure.ts';
import { defineFeature, resolver } from '../../../platform/feature/feature.ts';
import { holding } from '../../../platform/text/written-text.ts';
import { OutgoingMailResolver, ViewerMailResolver } from './outgoing-mail.resolver.ts';
import { pageRoutes } from '../../../platform/http/paths.ts';
import { scriptedPages } from '../../../platform/page/served.ts';

/** The mails that a service without a mail server would have sent, for its administrator. */
export const outgoingMailFeature = defineFeature({
  name: 'outgoing-mail',
  migrations: [],
  tables: [],
  resolvers: [
    resolver(OutgoingMailResolver, ({ mail }) => [mail?.transport.keepsMails === true]),
    resolver(ViewerMailResolver, ({ mail }) => [mail?.transport.keepsMails === true]),
  ],
  types: [],
  nodes: {},
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {},
  errorCodes: {},
  scopes: {},
  texts: {
    ...holding('QUOTED', 'OutgoingMail.subject', 'OutgoingMail.text'),
    ...holding('NO_TEXT', 'OutgoingMail.kind', 'OutgoingMail.recipient'),
  },
  invariants: {},
  pruning: () => [],
  jobs: () => [],
  // The mails themselves belong to the outbox.
  routes: () => [],
  served: { pages: scriptedPages(pageRoutes.mails), parts: {}, texts: {} },
  erasure: () => nothingToErase,
  personalData: [],
});

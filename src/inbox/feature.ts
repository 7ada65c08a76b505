import { defineFeature } from '../feature/feature.ts';
import { InboxEntity, NotificationEntity } from './inbox.entity.ts';
import { deleteInbox, notificationData } from './inbox-data.queries.ts';

/** The numbered list of what each account is told. Which rows it tells of is known above. */
export const inboxFeature = defineFeature({
  name: 'inbox',
  tables: [InboxEntity, NotificationEntity],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  // Each notification that is added removes those beyond the number that is kept.
  pruning: () => [],
  background: () => [],
  // At the end as well: a log may tell the account of something until then.
  erasure: () => ({ close: deleteInbox, finish: deleteInbox }),
  personalData: [notificationData],
});

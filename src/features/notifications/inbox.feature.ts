import type { Tx } from '../../platform/db/database.ts';
import { defineFeature } from '../../platform/feature/feature.ts';
import { DiscussionMuteEntity } from '../comments/mutes/discussion-mute.entity.ts';
import { deleteDiscussionMutes, discussionMuteData } from '../comments/mutes/discussion-mute.queries.ts';
import { InboxEntity, NotificationEntity } from './inbox/inbox.entity.ts';
import { deleteInbox, notificationData } from './inbox/inbox-data.queries.ts';
import { MailPreferenceEntity } from './mails/mail-preference.entity.ts';
import { deleteMailPreferences, mailPreferenceData } from './mails/mail-preference.queries.ts';
import { MuteEntity } from '../comments/mutes/mute.entity.ts';
import { deleteMutes, muteData } from '../comments/mutes/mute.queries.ts';

/** What the feature holds of an account. */
async function deleteAll(tx: Tx, accountId: string): Promise<void> {
  await deleteInbox(tx, accountId);
  await deleteMutes(tx, accountId);
  await deleteDiscussionMutes(tx, accountId);
  await deleteMailPreferences(tx, accountId);
}

/** The numbered list of what each account is told. Which rows it tells of is known above. */
export const inboxFeature = defineFeature({
  name: 'inbox',
  tables: [InboxEntity, NotificationEntity, MuteEntity, DiscussionMuteEntity, MailPreferenceEntity],
  resolvers: [],
  types: [],
  nodes: {},
  eventViews: {},
  eventTextLengths: {},
  // Each notification that is added removes those beyond the number that is kept.
  pruning: () => [],
  background: () => [],
  // At the end as well: a log may tell the account of something until then.
  erasure: () => ({ close: deleteAll, finish: deleteAll }),
  personalData: [notificationData, muteData, discussionMuteData, mailPreferenceData],
});

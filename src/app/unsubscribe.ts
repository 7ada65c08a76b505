import type { UnsubscribeRoute } from '../features/notifications/mails/unsubscribe-route.ts';
import type { Database } from '../platform/db/database.ts';
import { kindTitles } from '../features/notifications/mails/kind-titles.ts';
import { MailPreferenceService } from '../features/notifications/mails/mail-preference.service.ts';

/** Ends mails by their links, also while the service sends none. */
export function unsubscribeRouteOf(db: Database): UnsubscribeRoute {
  const preferences = new MailPreferenceService(db, false);
  return {
    kindsOf: async (client, token) =>
      (await preferences.kindsOfLink(client, token))?.map((kind) => kindTitles[kind]),
    end: (client, token) => preferences.endByLink(client, token),
  };
}

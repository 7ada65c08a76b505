import DataLoader from 'dataloader';
import type { NotificationDeclarations } from '../../../platform/feature/notification.ts';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type MailPreference, selectMailPreferences } from './mail-preference.queries.ts';

/** What an account has chosen about mails, for each kind; of the viewer's own, whatever account is requested. */
export type MailPreferenceLoader = LoaderFactory<DataLoader<string, readonly MailPreference[]>>;

export const mailPreferenceLoader =
  (declared: NotificationDeclarations): MailPreferenceLoader =>
  ({ db, viewer }) =>
    new DataLoader((accountIds) =>
      Promise.all(
        accountIds.map(async (accountId) =>
          viewer?.accountId === accountId ? selectMailPreferences(db, declared, accountId) : [],
        ),
      ),
    );

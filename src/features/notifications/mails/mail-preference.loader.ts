import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { defaultFrequencies } from './mail-frequency.ts';
import { type MailPreference, selectMailFrequencies } from './mail-preference.queries.ts';
import { notificationKinds } from '../inbox/notification-kinds.ts';

/** What an account has chosen about mails, for each kind; of the viewer's own, whatever account is requested. */
export const mailPreferencesByAccountId: LoaderFactory<DataLoader<string, readonly MailPreference[]>> = ({
  db,
  viewer,
}) =>
  new DataLoader((accountIds) =>
    Promise.all(
      accountIds.map(async (accountId) => {
        const isOwn = viewer?.accountId === accountId;
        const frequencies = isOwn ? await selectMailFrequencies(db, accountId) : defaultFrequencies;
        return notificationKinds.map((kind) => ({ kind, frequency: frequencies[kind] }));
      }),
    ),
  );

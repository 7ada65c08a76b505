import DataLoader from 'dataloader';
import type { LoaderFactory } from '../graphql/context.ts';
import { maxMutes, selectMutes } from '../inbox/mute.queries.ts';

/** Most people that an account mutes. */
export const maxMuted = maxMutes;

/** The accounts that the viewer has muted, the last one first; of the viewer's own, whatever account is requested. */
export const mutedByAccountId: LoaderFactory<DataLoader<string, readonly string[]>> = ({ db, viewer }) =>
  new DataLoader(async (accountIds) => {
    const own = accountIds.filter((accountId) => accountId === viewer?.accountId);
    const rows = own.length === 0 ? [] : await selectMutes(db, own);
    return accountIds.map((id) =>
      rows.filter(({ accountId }) => accountId === id).map(({ mutedAccountId }) => mutedAccountId),
    );
  });

import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import {
  type AttemptRow,
  selectAllWebhooks,
  selectAttempts,
  selectNextAttempts,
  selectWebhooks,
  type WebhookRow,
} from './webhook.queries.ts';
import { selectWebhookNames, selectWebhookTokens, type WebhookTokenRow } from './webhook-token.queries.ts';

export const webhookById: LoaderFactory<DataLoader<string, WebhookRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectWebhooks(db, ids),
    ({ id }) => id,
  );

/** All endpoints, under the one key `all`. */
export const allWebhooks: LoaderFactory<DataLoader<'all', readonly WebhookRow[]>> = ({ db }) =>
  new DataLoader(async (keys) => {
    const rows = await selectAllWebhooks(db);
    return keys.map(() => rows);
  });

export const attemptsByWebhookId: LoaderFactory<DataLoader<string, readonly AttemptRow[]>> = ({ db }) =>
  new DataLoader(async (ids) => {
    const rows = await selectAttempts(db, ids);
    return ids.map((id) => rows.filter(({ webhookId }) => webhookId === id));
  });

/** When an endpoint is tried next; null: nothing waits, or it is not active. */
export const nextAttemptByWebhookId: LoaderFactory<DataLoader<string, Date | null>> = ({ db }) =>
  new DataLoader(async (ids) => {
    const rows = new Map((await selectNextAttempts(db, ids)).map(({ id, at }) => [id, at]));
    return ids.map((id) => rows.get(id) ?? null);
  });

export const webhookTokenById: LoaderFactory<DataLoader<string, WebhookTokenRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectWebhookTokens(db, ids),
    ({ id }) => id,
  );

/** The names of the endpoints that a token has made, oldest first. */
export const webhookNamesByTokenId: LoaderFactory<DataLoader<string, readonly string[]>> = ({ db }) =>
  new DataLoader(async (tokenIds) => {
    const rows = await selectWebhookNames(db, tokenIds);
    return tokenIds.map((id) => rows.filter(({ tokenId }) => tokenId === id).map(({ name }) => name));
  });

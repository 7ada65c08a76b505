import { NumberedLog } from '../../../platform/events/numbered-log.ts';

/** Notifications that an account keeps; older ones are deleted with each that is added. */
export const keptNotifications = 500;

/** The inboxes of accounts. An account that was told nothing yet has an empty one. */
export const inboxLog = new NumberedLog({
  prefix: 'i',
  events: 'notification',
  heads: `(SELECT a.id AS account_id, coalesce(i.sequence, 0) AS sequence,
    greatest(0, coalesce(i.sequence, 0) - ${keptNotifications}) AS pruned_sequence
  FROM account a LEFT JOIN inbox i ON i.account_id = a.id)`,
  owner: 'account_id',
  fields: { detail: 'NULL::jsonb', idempotencyKey: 'NULL::uuid' },
  addsOnly: true,
});

import { requireAccount } from '../credentials/account-admin.service.ts';
import { deletePasskeysOf } from '../account/account.queries.ts';
import { updateSessionsRevoked } from '../sessions/session.queries.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { Clock } from '../../../platform/time/clock.ts';

/**
 * Removes all passkeys and recovery codes of an account, and ends its sessions, for the command line: for somebody who has lost
 * all of them. The password then begins a session that adds a first passkey.
 * @returns the number of passkeys
 * @throws Refusal NOT_FOUND
 */
export function removePasskeysOf(db: Database, email: string, clock: Clock): Promise<number> {
  return db.transaction(async (tx) => {
    const { id } = await requireAccount(tx, email);
    await updateSessionsRevoked(tx, { accountId: id, except: null }, clock.now());
    return deletePasskeysOf(tx, id);
  });
}

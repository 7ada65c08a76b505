import { requireAccount } from '../credentials/account-admin.service.ts';
import type { Database } from '../../../platform/db/database.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { updateTokensRevoked } from './token.queries.ts';

/**
 * Revokes all tokens of an account, for the command line.
 * @returns the number of tokens that were valid until now
 * @throws Refusal NOT_FOUND
 */
export function revokeTokensOf(db: Database, email: string, clock: Clock): Promise<number> {
  return db.transaction(async (tx) => {
    const { id } = await requireAccount(tx, email);
    return updateTokensRevoked(tx, id, clock.now());
  });
}

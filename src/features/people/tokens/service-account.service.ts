import type { Proofs } from '../credentials/proof.service.ts';
import { type Role, roles as allRoles, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { claimIdempotencyKey, nextId } from '../../../platform/idempotency/idempotency.queries.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import { slugFrom } from '../../../platform/text/slug.ts';
import {
  insertServiceAccount,
  lockServiceAccounts,
  type NewServiceAccountRow,
} from './service-account.queries.ts';
import { canSeeServiceAccounts, maxServiceAccounts } from './token.policy.ts';
import { maxNameLength } from '../account/account.rules.ts';

export interface CreateServiceAccountCommand {
  readonly name: string;
  readonly roles: readonly Role[];
  readonly idempotencyKey: string | undefined;
}

/** Commands on service accounts, of administrators. */
export class ServiceAccountService {
  constructor(
    private readonly db: Database,
    private readonly proofs: Proofs,
  ) {}

  /** @returns the account's id */
  createServiceAccount(viewer: Viewer, command: CreateServiceAccountCommand): Promise<Result<string>> {
    return refusable(() => {
      if (viewer.suspended) throw new Refusal('ACCOUNT_SUSPENDED');
      if (!canSeeServiceAccounts(viewer)) throw new Refusal('FORBIDDEN');
      const name = requireLine(command.name, { field: 'name', max: maxNameLength });
      const roles = allRoles.filter((role) => role === 'READER' || command.roles.includes(role));
      const { idempotencyKey: key } = command;
      const scope = { viewer, subject: 'service accounts' };
      return this.db.transactionFor(scope, async (tx) => {
        await this.proofs.lock(tx, viewer);
        const { resultId: id, isFirst } =
          key === undefined
            ? { resultId: await nextId(tx, 'account_id_seq'), isFirst: true }
            : await claimIdempotencyKey(tx, {
                accountId: viewer.accountId,
                key,
                input: ['createServiceAccount', name, roles],
                articleId: undefined,
                idSequence: 'account_id_seq',
              });
        if (!isFirst) return id;
        if ((await lockServiceAccounts(tx)) >= maxServiceAccounts) {
          const message = `A service has ${maxServiceAccounts} service accounts at most: erase one first.`;
          throw new Refusal('LIMIT_REACHED', undefined, message);
        }
        await this.#insert(tx, { id, name, roles });
        return id;
      });
    });
  }

  /** Gives the account the first free handle: no other service account is made meanwhile. */
  async #insert(tx: Tx, account: Omit<NewServiceAccountRow, 'address'>): Promise<void> {
    const base = `service:${slugFrom(account.name, 'bot').slice(0, 60)}`;
    for (let n = 1; n <= maxServiceAccounts; n += 1) {
      const address = n === 1 ? base : `${base}-${n}`;
      if (await insertServiceAccount(tx, { ...account, address })) return;
    }
    throw new Error(`Every handle of the form ${base}-n is taken`);
  }
}

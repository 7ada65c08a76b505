import { updateRoles } from '../../people/credentials/account-admin.queries.ts';
import { orderedRoles } from '../../people/account/account.rules.ts';
import {
  hasOtherAdministrator,
  lockAdministrators,
  lockSanctioned,
} from '../../people/account/sanction.queries.ts';
import type { Proofs } from '../../people/credentials/proof.service.ts';
import { type Role, type Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { actorOf, type ModerationLog } from '../../../platform/screening/moderation-log.ts';
import { refusalToChangeRoles } from '../sanctions/sanction.policy.ts';

export interface RoleServiceOptions {
  readonly db: Database;
  readonly proofs: Proofs;
  readonly moderationLog: ModerationLog;
}

/** Administrators' commands on the roles of accounts. Repeating one changes nothing. */
export class RoleService {
  constructor(private readonly options: RoleServiceOptions) {}

  /** Gives a role, which counts from the account's next request on. */
  grantRole(viewer: Viewer, personId: string, role: Role): Promise<Result<string>> {
    return this.#change(viewer, personId, { role, kind: 'ROLE_GRANTED' });
  }

  /** Takes a role away, from the account's next request on; never the last administrator's. */
  revokeRole(viewer: Viewer, personId: string, role: Role): Promise<Result<string>> {
    return this.#change(viewer, personId, { role, kind: 'ROLE_REVOKED' });
  }

  #change(
    viewer: Viewer,
    personId: string,
    { role, kind }: { readonly role: Role; readonly kind: 'ROLE_GRANTED' | 'ROLE_REVOKED' },
  ): Promise<Result<string>> {
    const { db, moderationLog, proofs } = this.options;
    return refusable(() => {
      const refusal = refusalToChangeRoles(viewer);
      if (refusal) throw new Refusal(refusal);
      if (role === 'READER') throw new Refusal('INVALID_INPUT', ['role'], 'Every account is a READER.');
      // Two administrators who take each other's role at once: one of them comes second, and stays alone.
      const scope = { viewer, subject: accountSubject(personId), before: lockAdministrators };
      return db.transactionFor(scope, async (tx) => {
        const account = await lockSanctioned(tx, personId);
        if (!account) throw new Refusal('NOT_FOUND', ['personId']);
        await proofs.lock(tx, viewer);
        const isGranted = kind === 'ROLE_GRANTED';
        if (account.roles.includes(role) === isGranted) return personId;
        if (!isGranted && role === 'ADMINISTRATOR' && !(await hasOtherAdministrator(tx, personId)))
          throw new Refusal('LAST_ADMINISTRATOR', ['personId']);
        const roles = isGranted
          ? [...account.roles, role]
          : account.roles.filter((present) => present !== role);
        await updateRoles(tx, personId, orderedRoles(roles));
        await moderationLog.appendLast(tx, [
          { kind, actor: actorOf(viewer), subjectId: personId, detail: { role } },
        ]);
        return personId;
      });
    });
  }
}

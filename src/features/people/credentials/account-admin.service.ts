import { hashPassword, noPassword } from '../../../platform/auth/password.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { insertDecision } from '../../../platform/screening/moderation-decision.queries.ts';
import type { ModerationReason } from '../../../platform/screening/moderation-event-kinds.ts';
import { type ModerationLog, systemActor } from '../../../platform/screening/moderation-log.ts';
import { roleEvents } from '../../../platform/screening/role-events.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import {
  type AdministeredAccountRow,
  lockAccountByEmail,
  selectAccountList,
  updateRoles,
} from './account-admin.queries.ts';
import { insertAccount, lockAccountById, lockAddress } from '../account/account.queries.ts';
import { beginSanction, lockSanctioned, updateSanction } from '../account/sanction.queries.ts';
import { deleteLinksOf, insertMailedLink } from '../mailed-links/mailed-link.queries.ts';
import { hashMailedToken, newMailedToken } from '../mailed-links/mailed-token.ts';
import { updateSessionsRevoked } from '../sessions/session.queries.ts';
import {
  normaliseEmail,
  orderedRoles,
  requireEmail,
  requirePassword,
  maxNameLength,
} from '../account/account.rules.ts';

/** How long a link to a first or another password is valid, in hours: it is handed over by the operator. */
const passwordLinkHours = 24;

export interface NewAccount {
  readonly email: string;
  readonly name: string;
  readonly roles: readonly Role[];
  /** Undefined: nobody knows one until a link has been followed. */
  readonly password: string | undefined;
}

/** A link by which an account's owner chooses a password, once. */
export interface PasswordLink {
  /** Secret of the link: of `Links.resetPassword`. */
  readonly token: string;
  readonly expiresAt: Date;
}

/** The address of a service account; undefined for a text that is none. */
const serviceAddress = (text: string): string | undefined =>
  /^service:[a-z0-9-]{1,80}$/.exec(text.trim())?.[0];

/** @throws Refusal NOT_FOUND, also for a text that is neither an address nor that of a service account */
export async function requireAccount(tx: Tx, email: string): Promise<AdministeredAccountRow> {
  const normal = normaliseEmail(email) ?? serviceAddress(email);
  const account = normal === undefined ? undefined : await lockAccountByEmail(tx, normal);
  if (!account) throw new Refusal('NOT_FOUND', ['email'], `There is no account ${email}.`);
  return account;
}

/** Operators' commands on accounts, for the command line. Every refusal is a `Refusal`. */
export class AccountAdminService {
  constructor(
    private readonly db: Database,
    private readonly clock: Clock,
    private readonly moderationLog: ModerationLog,
  ) {}

  /**
   * Makes an account whose address counts as confirmed.
   * @returns a link to its first password, if none was given
   * @throws Refusal INVALID_INPUT, EMAIL_TAKEN
   */
  async create(account: NewAccount): Promise<PasswordLink | undefined> {
    const email = requireEmail(account.email);
    const name = requireLine(account.name, { field: 'name', max: maxNameLength });
    const passwordHash =
      account.password === undefined
        ? noPassword
        : await hashPassword(requirePassword(account.password, [account.email, account.name]));
    const roles = orderedRoles(account.roles);
    return this.db.transaction(async (tx) => {
      await lockAddress(tx, email);
      const id = await insertAccount(tx, { email, name, passwordHash, roles, verifiedAt: this.clock.now() });
      if (id === undefined) throw new Refusal('EMAIL_TAKEN', ['email']);
      const link = account.password === undefined ? await this.#insertPasswordLink(tx, id, email) : undefined;
      await this.moderationLog.append(tx, roleEvents(id, [], roles));
      return link;
    });
  }

  /**
   * Makes a link to another password for an owner who has lost theirs. The links that the account had are invalid then; its
   * password and its sessions end when this one is followed.
   */
  passwordLink(address: string): Promise<PasswordLink> {
    return this.db.transaction(async (tx) => {
      const { id, email } = await requireAccount(tx, address);
      if ((await lockAccountById(tx, id))?.isErasing)
        throw new Refusal('WRONG_STATUS', ['email'], 'The account is being erased.');
      if (serviceAddress(email) !== undefined) {
        const message = 'A service account has no password, but tokens.';
        throw new Refusal('INVALID_INPUT', ['email'], message);
      }
      await deleteLinksOf(tx, id);
      return this.#insertPasswordLink(tx, id, email);
    });
  }

  /**
   * Grants a role, effective from the account's next request on.
   * @returns all roles of the account
   */
  grant(email: string, role: Role): Promise<readonly Role[]> {
    return this.#changeRoles(email, (roles) => [...roles, role]);
  }

  /**
   * Revokes a role, effective from the account's next request on.
   * @returns the remaining roles
   * @throws Refusal INVALID_INPUT for READER
   */
  revoke(email: string, role: Role): Promise<readonly Role[]> {
    if (role === 'READER') {
      const message = 'Every account is a READER: suspend one that shall not write.';
      throw new Refusal('INVALID_INPUT', ['role'], message);
    }
    return this.#changeRoles(email, (roles) => roles.filter((present) => present !== role));
  }

  /**
   * Suspends an account, which can read but not write then, in place of the suspension that it has.
   * @param suspension `until` null: for good
   */
  suspend(
    email: string,
    { until, reason }: { readonly until: Date | null; readonly reason: ModerationReason | null },
  ): Promise<void> {
    return this.db.transaction(async (tx) => {
      const { id } = await requireAccount(tx, email);
      if (until !== null && until <= this.clock.now())
        throw new Refusal('INVALID_INPUT', ['until'], 'The end of a suspension is a time to come.');
      const kind = until === null ? 'BANNED' : 'SUSPENDED';
      const account = await lockSanctioned(tx, id);
      const before = { account: { ...account?.suspension } };
      const decision = { kind, actor: systemActor, subjectId: id, reason, until, before } as const;
      const decisionId = await insertDecision(tx, decision);
      await beginSanction(tx, id, 'SUSPENSION', { until, decisionId });
      const detail = { decision: kind, until: until?.toISOString() ?? null };
      await this.moderationLog.append(tx, [
        { kind: 'SANCTIONED', actor: systemActor, subjectId: id, decisionId, reason, detail },
      ]);
    });
  }

  /** Lifts the suspension of an account; it may have none. */
  unsuspend(email: string): Promise<void> {
    return this.db.transaction(async (tx) => {
      const { id } = await requireAccount(tx, email);
      const account = await lockSanctioned(tx, id);
      if (account?.suspension.at == null) return;
      const before = { account: { ...account.suspension } };
      const decision = { kind: 'SUSPENSION_LIFTED', actor: systemActor, subjectId: id, before } as const;
      const decisionId = await insertDecision(tx, decision);
      await updateSanction(tx, id, 'SUSPENSION', { at: null, until: null, decisionId: null });
      const detail = { decision: 'SUSPENSION_LIFTED' };
      await this.moderationLog.append(tx, [
        { kind: 'SANCTION_LIFTED', actor: systemActor, subjectId: id, decisionId, detail },
      ]);
    });
  }

  /**
   * Ends all sessions of an account.
   * @returns the number of sessions that were ended
   */
  signOut(email: string): Promise<number> {
    return this.db.transaction(async (tx) => {
      const { id } = await requireAccount(tx, email);
      return updateSessionsRevoked(tx, { accountId: id, except: null }, this.clock.now());
    });
  }

  /** @returns one account more than `limit` if there are more */
  list(range: {
    role: Role | undefined;
    after: string | undefined;
    limit: number;
  }): Promise<AdministeredAccountRow[]> {
    const { role = null, after = null, limit } = range;
    return selectAccountList(this.db, { role, after, limit: limit + 1 });
  }

  async #insertPasswordLink(tx: Tx, accountId: string, email: string): Promise<PasswordLink> {
    const token = newMailedToken();
    const expiresAt = new Date(this.clock.now().getTime() + passwordLinkHours * 3_600_000);
    const hash = hashMailedToken(token);
    await insertMailedLink(tx, { hash, kind: 'PASSWORD', accountId, email, signUp: null, expiresAt });
    return { token, expiresAt };
  }

  #changeRoles(email: string, change: (roles: readonly Role[]) => readonly Role[]): Promise<readonly Role[]> {
    return this.db.transaction(async (tx) => {
      const { id, roles } = await requireAccount(tx, email);
      const changed = orderedRoles(change(roles));
      await updateRoles(tx, id, changed);
      await this.moderationLog.append(tx, roleEvents(id, roles, changed));
      return changed;
    });
  }
}

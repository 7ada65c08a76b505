import type { AccountMails } from '../mailed-links/account-mails.ts';
import { scopeOf } from '../account/account-scope.ts';
import { requireSent, restsOnWord } from '../credentials/own-password.ts';
import { lockAccountById } from '../account/account.queries.ts';
import { updateLoginProofsEnded } from '../credentials/proof.queries.ts';
import type { Proofs } from '../credentials/proof.service.ts';
import { selectVouchedBy } from '../sessions/session.queries.ts';
import { noPassword } from '../../../platform/auth/password.ts';
import { clientOf, hasRole, staffRoles, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { ModerationLog } from '../../../platform/screening/moderation-log.ts';
import { roleEvents } from '../../../platform/screening/role-events.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { keepsAccess, proofBySignIn, rolesAfter } from './login.policy.ts';
import {
  deleteLogin,
  lockLogin,
  selectLogins,
  updateAccountRoles,
  updateLinkedByOwner,
} from './login.queries.ts';
import type { LoginService, SignInProof } from './login.service.ts';

export interface LoginLinkServiceOptions {
  readonly db: Database;
  readonly proofs: Proofs;
  readonly logins: LoginService;
  /** Undefined: the service sends no mail. */
  readonly mails: AccountMails | undefined;
  /** The issuers of the settings: logins of others sign nobody in. */
  readonly issuers: readonly string[];
  readonly moderationLog: ModerationLog;
  readonly clock: Clock;
}

/** The logins of the viewer's own account. */
export class LoginLinkService {
  constructor(private readonly options: LoginLinkServiceOptions) {}

  /** Proves the viewer's session by a sign-in that waits, with a login of theirs. @returns until when the proof counts */
  prove(viewer: Viewer, given: SignInProof): Promise<Result<Date>> {
    const { db, logins, proofs, clock } = this.options;
    return proofs.attempt(viewer, async () =>
      db.transactionFor(await this.#scopeOf(viewer, given), async (tx) => {
        const identity = await logins.take(tx, given);
        const login = await lockLogin(tx, identity);
        if (login?.accountId !== viewer.accountId)
          throw new Refusal('WRONG_CREDENTIALS', ['code'], 'This is no login of this account.');
        if (!(await lockAccountById(tx, viewer.accountId))) throw new Refusal('LOGIN_EXPIRED', ['code']);
        const proof = proofBySignIn(identity, clock.now());
        if ('missing' in proof) throw new Refusal('LOGIN_EXPIRED', ['code'], proof.missing);
        return proofs.note(tx, viewer, { at: proof.at, signIn: identity, vouchedBy: login.vouchedBy });
      }),
    );
  }

  /** Links a sign-in that waits to the viewer's account. */
  linkLogin(viewer: Viewer, given: SignInProof): Promise<Result<void>> {
    const { db, logins, mails, moderationLog, proofs } = this.options;
    return refusable(async () =>
      db.transactionFor(await this.#scopeOf(viewer, given), async (tx) => {
        const identity = await logins.take(tx, given);
        const known = await lockLogin(tx, identity);
        if (known && known.accountId !== viewer.accountId) throw new Refusal('LOGIN_TAKEN', ['code']);
        const own = await proofs.lockOwner(tx, viewer);
        const { accountId, sessionId } = viewer;
        // A session that rests on another site's word makes nothing that rests on more.
        const vouchedBy = await selectVouchedBy(tx, sessionId);
        if (known) {
          if (vouchedBy === null) await updateLinkedByOwner(tx, known.id);
          return moderationLog.append(tx, await logins.use(tx, known, identity));
        }
        const login = await logins.add(tx, identity, { accountId, vouchedBy });
        const events = await logins.use(tx, login, identity);
        if (own.emailVerifiedAt !== null && mails)
          requireSent(await mails.loginLinked(tx, own.email, accountId));
        await moderationLog.append(tx, events);
      }),
    );
  }

  /**
   * Ends a login of the viewer, and takes the roles that the account has by it. A session that rests on another site's word ends only
   * logins that rest on the same word: otherwise that site could make itself the only one that signs in.
   */
  unlinkLogin(viewer: Viewer, id: string): Promise<Result<void>> {
    return refusable(() =>
      this.options.db.transactionFor(scopeOf(viewer), async (tx) => {
        const { accountId } = viewer;
        const own = await this.options.proofs.lockOwner(tx, viewer);
        const logins = await selectLogins(tx, [accountId]);
        const login = logins.find((each) => each.id === id);
        if (!login) throw new Refusal('NOT_FOUND', ['loginId']);
        const vouchedBy = await selectVouchedBy(tx, viewer.sessionId);
        if (vouchedBy !== null && login.vouchedBy !== vouchedBy) throw restsOnWord(['loginId']);
        const { issuers } = this.options;
        const hasPassword = own.passwordHash !== noPassword;
        if (!keepsAccess(logins, id, { hasPassword, issuers })) throw new Refusal('LAST_LOGIN', ['loginId']);
        const gone = await deleteLogin(tx, { id, accountId });
        await updateLoginProofsEnded(tx, { accountId, issuer: login.issuer });
        // The account would need no second factor then, until the next sign-in by this login.
        if (viewer.lacksSecondFactor === true && hasRole(gone ? { roles: gone.given } : null, ...staffRoles))
          throw new Refusal('SECOND_FACTOR_REQUIRED', ['loginId']);
        if (!gone || gone.given.length === 0) return;
        const { roles } = rolesAfter(gone, []);
        await updateAccountRoles(tx, accountId, roles);
        await this.options.moderationLog.append(tx, roleEvents(accountId, gone.roles, roles));
      }),
    );
  }

  /** The sign-in and its person come before the account, as in `finishSignIn`. */
  async #scopeOf(viewer: Viewer, given: SignInProof) {
    const { db, logins } = this.options;
    const subject = await logins.subjectOf(db.of(clientOf(viewer)), given);
    return { ...scopeOf(viewer), before: (tx: Tx) => logins.hold(tx, given, subject) };
  }
}

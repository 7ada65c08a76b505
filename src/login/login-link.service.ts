import type { AccountMails } from '../account/account-mails.ts';
import { givenPassword } from '../account/account.rules.ts';
import { requireFreshSignIn } from '../account/fresh-sign-in.ts';
import { lockOwnCredential } from '../account/own-credential.queries.ts';
import type { HashingQueue } from '../auth/hashing-queue.ts';
import { checkPassword, noPassword } from '../auth/password.ts';
import { clientOf, hasRole, staffRoles, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { Refusal, refusable, RequestError, type Result } from '../errors/errors.ts';
import type { ModerationLog } from '../moderation-log/moderation-log.ts';
import { roleEvents } from '../moderation-log/role-events.ts';
import type { Clock } from '../time/clock.ts';
import { keepsAccess, rolesAfter } from './login.policy.ts';
import {
  deleteLogin,
  lockLogin,
  selectLogins,
  selectPasswordHash,
  updateAccountRoles,
} from './login.queries.ts';
import type { LoginService, SignInProof } from './login.service.ts';

export interface LoginLinkServiceOptions {
  readonly db: Database;
  readonly hashing: HashingQueue;
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
  readonly #options: LoginLinkServiceOptions;

  constructor(options: LoginLinkServiceOptions) {
    this.#options = options;
  }

  /**
   * Links a sign-in that waits to the viewer's account. It takes the password, as another address does, or where there is
   * none a fresh sign-in: a stolen session must not become a lasting way in.
   */
  linkLogin(
    viewer: Viewer,
    { currentPassword, ...proof }: SignInProof & { readonly currentPassword: string | undefined },
  ): Promise<Result<void>> {
    return refusable(async () => {
      const checked = await this.#check(viewer, currentPassword);
      await this.#transaction(viewer, async (tx) => {
        const { logins, mails, moderationLog } = this.#options;
        const identity = await logins.take(tx, proof);
        const known = await lockLogin(tx, identity);
        if (known && known.accountId !== viewer.accountId) throw new Refusal('LOGIN_TAKEN', ['code']);
        const own = await lockOwnCredential(tx, viewer);
        if (!own || own.passwordHash !== checked) throw wrongPassword();
        requireFreshSignIn(own, this.#options.clock);
        if (known) return moderationLog.append(tx, await logins.use(tx, known, identity));
        const { accountId } = viewer;
        const events = await logins.use(tx, await logins.add(tx, identity, accountId), identity);
        const isTold = own.emailVerifiedAt !== null;
        if (isTold && (await mails?.loginLinked(tx, own.email, accountId)) === 'TOO_MANY_BY_SENDER')
          throw new RequestError('RATE_LIMITED', 'Too many mails in the last hour: try again later.', {
            policy: 'mails',
            retryAfterSeconds: 3600,
          });
        await moderationLog.append(tx, events);
      });
    });
  }

  /** Ends a login of the viewer, and takes the roles that the account has by it. */
  unlinkLogin(viewer: Viewer, id: string): Promise<Result<void>> {
    return refusable(() =>
      this.#transaction(viewer, async (tx) => {
        const { accountId } = viewer;
        const own = await lockOwnCredential(tx, viewer);
        const logins = await selectLogins(tx, [accountId]);
        if (!own || !logins.some((login) => login.id === id)) throw new Refusal('NOT_FOUND', ['loginId']);
        const { issuers } = this.#options;
        const hasPassword = own.passwordHash !== noPassword;
        if (!keepsAccess(logins, id, { hasPassword, issuers })) throw new Refusal('LAST_LOGIN', ['loginId']);
        const gone = await deleteLogin(tx, { id, accountId });
        // The account would need no second factor then, until the next sign-in by this login.
        if (viewer.lacksSecondFactor === true && hasRole(gone ? { roles: gone.given } : null, ...staffRoles))
          throw new Refusal('SECOND_FACTOR_REQUIRED', ['loginId']);
        if (!gone || gone.given.length === 0) return;
        const { roles } = rolesAfter(gone, []);
        await updateAccountRoles(tx, accountId, roles);
        await this.#options.moderationLog.append(tx, roleEvents(accountId, gone.roles, roles));
      }),
    );
  }

  /** @returns the hash of the password that is right, or `noPassword`. @throws Refusal WRONG_CREDENTIALS */
  async #check(viewer: Viewer, password: string | undefined): Promise<string> {
    const { db, hashing } = this.#options;
    const client = clientOf(viewer);
    const hash = await selectPasswordHash(db.of(client), viewer.accountId);
    if (hash === noPassword) return hash;
    const isRight =
      password !== undefined &&
      (await hashing.run(client, () => checkPassword(hash, givenPassword(password))));
    if (!isRight || hash === undefined) throw wrongPassword();
    return hash;
  }

  #transaction<T>(viewer: Viewer, work: (tx: Tx) => Promise<T>): Promise<T> {
    const scope = { client: clientOf(viewer), subject: `account:${viewer.accountId}` };
    return this.#options.db.transactionFor(scope, work);
  }
}

const wrongPassword = (): Refusal =>
  new Refusal('WRONG_CREDENTIALS', ['currentPassword'], 'This is not the password of this account.');

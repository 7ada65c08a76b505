import type { HashingQueue } from '../../../platform/auth/hashing-queue.ts';
import { checkPassword, hashPassword } from '../../../platform/auth/password.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, requireAll, type Result } from '../../../platform/errors/errors.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { type AccountMails, linkHours } from '../mailed-links/account-mails.ts';
import {
  deleteLoginsOf,
  deletePasskeysOf,
  insertAccount,
  lockAddress,
  revokeTokensOf,
  selectCredential,
  updateProven,
} from '../account/account.queries.ts';
import { givenPassword, maxNameLength, requireEmail, requirePassword } from '../account/account.rules.ts';
import { deleteDevices } from '../account/device.queries.ts';
import { askerOf } from '../mailed-links/mail-asker.ts';
import {
  deleteLinksOf,
  deleteLinksTo,
  insertMailedLink,
  lockMailedLink,
  type SignUpRow,
} from '../mailed-links/mailed-link.queries.ts';
import { hashMailedToken, isSecret, newMailedToken } from '../mailed-links/mailed-token.ts';
import { updateSessionsRevoked } from '../sessions/session.queries.ts';
import type { IssuedSession, SessionService, SignInClient } from '../sessions/session.service.ts';

/** What a client that has signed up has to wait for: the link in a mail. */
export interface AwaitedConfirmation {
  readonly email: string;
  /** Proves with the link that it is the same person. */
  readonly secret: string;
  readonly expiresAt: Date;
}

/** The answer to a sign-up: a session, or where the service sends mail, what has to happen first. */
export type SignedUp = { readonly session: IssuedSession } | { readonly confirmation: AwaitedConfirmation };

export interface ConfirmSignUpCommand {
  readonly token: string;
  readonly secret: string | undefined;
  readonly password: string | undefined;
}

export interface SignUpServiceOptions {
  readonly db: Database;
  readonly hashing: HashingQueue;
  readonly sessions: SessionService;
  /** Undefined: the service sends no mail, and accounts are open at once, whosever address it is. */
  readonly mails: AccountMails | undefined;
  readonly clock: Clock;
}

/**
 * Opens accounts. Where the service sends mail, an account begins when its address is proven; until then there is a link
 * and nothing else, so that nobody can prepare an account for somebody else. Answers and mails are alike whether or not an
 * account has the address, and so is the work behind them.
 */
export class SignUpService {
  constructor(private readonly options: SignUpServiceOptions) {}

  /** @throws RequestError RATE_LIMITED if too many passwords are queued for hashing */
  signUp(
    input: { email: string; password: string; name: string },
    client: SignInClient,
  ): Promise<Result<SignedUp>> {
    return refusable(async () => {
      const { mails, hashing, db } = this.options;
      const [email, name, password] = requireAll<[string, string, string]>(
        () => requireEmail(input.email),
        () => requireLine(input.name, { field: 'name', max: maxNameLength }),
        () => requirePassword(input.password, [input.email, input.name]),
      );
      // Without mail the response tells whether the address is taken, so its duration need not hide it.
      if (!mails && (await selectCredential(db.of(client.address), email)))
        throw new Refusal('EMAIL_TAKEN', ['email']);
      const passwordHash = await hashing.run(client.address, () => hashPassword(password));
      if (mails) return { confirmation: await this.#mail(mails, { email, name, passwordHash }, client) };
      return { session: await this.#open({ email, name, passwordHash }, client) };
    });
  }

  /** Opens the account of a link, for whoever has its client's secret, or knows the password. */
  confirm(command: ConfirmSignUpCommand, client: SignInClient): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const { db, sessions, clock } = this.options;
      const hash = hashMailedToken(command.token);
      const now = clock.now();
      const found = await db.transactionFor({ client: client.address }, (tx) =>
        lockMailedLink(tx, 'SIGN_UP', hash, now),
      );
      if (!found?.signUp) throw new Refusal('LINK_INVALID', ['token']);
      await this.#requireSamePerson(found.signUp, command, client.address);
      return db.transactionFor({ client: client.address }, async (tx) => {
        const account = await lockAddress(tx, found.email);
        const link = await lockMailedLink(tx, 'SIGN_UP', hash, now);
        if (!link?.signUp || account?.emailVerifiedAt) throw new Refusal('LINK_INVALID', ['token']);
        const { name, passwordHash } = link.signUp;
        if (account) await deleteLinksOf(tx, account.id);
        else await deleteLinksTo(tx, link.email);
        if (account) {
          // Nobody has proven that the account is theirs: it belongs to whoever reads its mails.
          await updateProven(tx, account.id, { passwordHash, name, at: now });
          await updateSessionsRevoked(tx, { accountId: account.id, except: null }, now);
          await revokeTokensOf(tx, account.id);
          await deleteDevices(tx, account.id);
          await deletePasskeysOf(tx, account.id);
          const lostRoles = await deleteLoginsOf(tx, account.id);
          return sessions.begin(tx, account.id, client, { lostRoles });
        }
        const roles = ['READER'] as const;
        const id = await insertAccount(tx, { email: link.email, name, passwordHash, roles, verifiedAt: now });
        if (id === undefined) throw new Refusal('LINK_INVALID', ['token']);
        return sessions.begin(tx, id, client);
      });
    });
  }

  async #open(
    account: { email: string; name: string; passwordHash: string },
    client: SignInClient,
  ): Promise<IssuedSession> {
    const { db, sessions } = this.options;
    return db.transactionFor({ client: client.address }, async (tx) => {
      const id = await insertAccount(tx, { ...account, roles: ['READER'], verifiedAt: null });
      if (id === undefined) throw new Refusal('EMAIL_TAKEN', ['email']);
      return sessions.begin(tx, id, client);
    });
  }

  #mail(
    mails: AccountMails,
    { email, name, passwordHash }: { email: string; name: string; passwordHash: string },
    client: SignInClient,
  ): Promise<AwaitedConfirmation> {
    const { db, clock } = this.options;
    const [token, secret] = [newMailedToken(), newMailedToken()];
    const expiresAt = new Date(clock.now().getTime() + linkHours.SIGN_UP * 3_600_000);
    return db.transactionFor({ client: client.address }, async (tx) => {
      const account = await lockAddress(tx, email);
      const asker = await askerOf(tx, account?.id, client, clock.now());
      const answer = account?.emailVerifiedAt
        ? await mails.signUpKnown(tx, email, asker)
        : await mails.confirmSignUp(tx, email, token, asker);
      // Also where the link was not mailed, so that both take as long; beyond the bound of mails there is none.
      if (answer === 'ADDED') {
        const signUp = { name, passwordHash, secretHash: hashMailedToken(secret) };
        const hash = hashMailedToken(token);
        await insertMailedLink(tx, { hash, kind: 'SIGN_UP', accountId: null, email, signUp, expiresAt });
      }
      return { email, secret, expiresAt };
    });
  }

  /** @throws Refusal WRONG_CREDENTIALS */
  async #requireSamePerson(
    { secretHash, passwordHash }: SignUpRow,
    { secret, password }: ConfirmSignUpCommand,
    client: string,
  ): Promise<void> {
    if (secret !== undefined && isSecret(secret, secretHash)) return;
    const isRight =
      password !== undefined &&
      (await this.options.hashing.run(client, () => checkPassword(passwordHash, givenPassword(password))));
    if (!isRight)
      throw new Refusal('WRONG_CREDENTIALS', ['password'], 'This is not the password of the sign-up.');
  }
}

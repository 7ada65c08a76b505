import type { HashingQueue } from '../../../platform/auth/hashing-queue.ts';
import { clientOf, type RightsRules, type Viewer } from '../../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, RequestError, type Result } from '../../../platform/errors/errors.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { AccountMails } from '../mailed-links/account-mails.ts';
import {
  type LockedAccountRow,
  lockAccount,
  lockAccountById,
  selectAccounts,
  selectHasSecondStep,
} from '../account/account.queries.ts';
import { scopeOf } from '../account/account-scope.ts';
import { requireOwnPassword, wrongPassword } from './own-password.ts';
import { maxRefusedProofs, proofMs } from '../mailed-links/proof.policy.ts';
import {
  lockProof,
  type NewProof,
  type ProofRow,
  selectIsMereWord,
  selectProof,
  updateSessionProof,
  updateTriedProofs,
} from './proof.queries.ts';
import { selectVouchedBy, updateSessionRevoked } from '../sessions/session.queries.ts';

export interface ProofsOptions {
  readonly db: Database;
  readonly hashing: HashingQueue;
  readonly clock: Clock;
  readonly rights: RightsRules;
  /** Undefined: the service sends no mail. */
  readonly mails: AccountMails | undefined;
}

/**
 * Whether a session has proven a moment ago that the account's holder is there, and not somebody with a stolen session or at an
 * unlocked computer. A sign-in is a proof, at another site as `proofBySignIn` has it; later ones are a password, a passkey, or a sign-in
 * at another site. A proof is a fact of its session: it ends with it, whichever access token asks.
 */
export class Proofs {
  constructor(private readonly options: ProofsOptions) {}

  /** Until when the viewer's session has proven enough; undefined: it has not. */
  async until(viewer: Viewer): Promise<Date | undefined> {
    if (viewer.token) return undefined;
    const { db, rights } = this.options;
    return this.#end(await selectProof(db.of(clientOf(viewer)), viewer, rights));
  }

  /** Whether the viewer's session rests on another site's word alone. */
  async restsOnWord(viewer: Viewer): Promise<boolean> {
    return (await selectVouchedBy(this.options.db.of(clientOf(viewer)), viewer.sessionId)) !== null;
  }

  /** @throws RequestError PROOF_REQUIRED */
  async require(viewer: Viewer): Promise<void> {
    if (!(await this.until(viewer))) throw new RequestError('PROOF_REQUIRED');
  }

  /**
   * Locks the viewer's session, in the transaction of what takes a proof: whatever has ended either meanwhile ends that as well.
   * @throws RequestError PROOF_REQUIRED, UNAUTHENTICATED
   */
  async lock(tx: Tx, viewer: Viewer): Promise<void> {
    const row = await lockProof(tx, viewer, this.options.rights);
    if (!row) throw sessionEnded();
    if (!this.#end(row)) throw new RequestError('PROOF_REQUIRED');
  }

  /**
   * Locks the viewer's account, and then the session as `lock` does.
   * @throws RequestError PROOF_REQUIRED, UNAUTHENTICATED
   */
  async lockOwner(tx: Tx, viewer: Viewer): Promise<LockedAccountRow> {
    const account = await lockAccountById(tx, viewer.accountId);
    if (!account) throw sessionEnded();
    await this.lock(tx, viewer);
    return account;
  }

  /**
   * Proves a session by the account's password. One that rests on the word of another site is free of it then.
   * @returns until when the proof counts
   */
  byPassword(viewer: Viewer, email: string, password: string): Promise<Result<Date>> {
    return this.attempt(viewer, async () => {
      const client = clientOf(viewer);
      const credential = await requireOwnPassword(this.options, { email, password, client });
      return this.options.db.transactionFor(scopeOf(viewer), async (tx) => {
        if (credential.id !== viewer.accountId || !(await lockAccount(tx, credential))) throw wrongPassword();
        if (viewer.lacksSecondFactor === true && (await selectHasSecondStep(tx, viewer.accountId)))
          throw new Refusal('SECOND_FACTOR_REQUIRED', ['password']);
        return this.note(tx, viewer, { at: this.options.clock.now(), vouchedBy: null });
      });
    });
  }

  /**
   * Tries a proof. It is counted before its work, in the database, so that neither a crash nor another node forgets it. A session in
   * which too many were refused in a row ends, because somebody guesses in it, and the account's owner is told.
   * @param work checks and notes the proof. @throws Refusal for a wrong one; other errors do not count
   * @throws RequestError UNAUTHENTICATED
   */
  async attempt(viewer: Viewer, work: () => Promise<Date>): Promise<Result<Date>> {
    const db = this.options.db.of(clientOf(viewer));
    const tried = await updateTriedProofs(db, viewer, 1);
    if (tried === undefined) throw sessionEnded();
    if (tried <= maxRefusedProofs) {
      const result = await refusable(work).catch(async (error: unknown) => {
        await updateTriedProofs(db, viewer, -1);
        throw error;
      });
      if (result.ok || tried < maxRefusedProofs) return result;
    }
    await this.#endGuesses(viewer);
    throw sessionEnded();
  }

  /** Ends a session in which somebody guesses. */
  async #endGuesses(viewer: Viewer): Promise<void> {
    const { db, clock, mails, rights } = this.options;
    await db.transactionFor(scopeOf(viewer), async (tx) => {
      // Another proof of the session has ended it, and told of it.
      if (!(await lockProof(tx, viewer, rights))) return;
      await updateSessionRevoked(tx, viewer.sessionId, clock.now());
      const [account] = await selectAccounts(tx, [viewer.accountId]);
      if (account?.emailVerifiedAt) await mails?.proofsRefused(tx, account.email);
    });
  }

  /**
   * Notes a proof in the transaction that has checked it. The account is locked.
   * @returns until when it counts
   * @throws Refusal WRONG_CREDENTIALS; RequestError UNAUTHENTICATED
   */
  async note(tx: Tx, viewer: Viewer, proof: NewProof): Promise<Date> {
    const { vouchedBy } = proof;
    const { accountId } = viewer;
    if (vouchedBy !== null && (await selectIsMereWord(tx, { accountId, vouchedBy }, this.options.rights)))
      throw new Refusal(
        'WRONG_CREDENTIALS',
        undefined,
        'Another site’s word alone does not suffice for this account: give its password. If it has none, get one by mail.',
      );
    if (!(await updateSessionProof(tx, viewer, proof))) throw sessionEnded();
    return endOf(proof.at);
  }

  #end(row: ProofRow | undefined): Date | undefined {
    if (!row?.provenAt || !row.suffices) return undefined;
    const end = endOf(row.provenAt);
    return end > this.options.clock.now() ? end : undefined;
  }
}

const endOf = (at: Date): Date => new Date(at.getTime() + proofMs);

const sessionEnded = (): RequestError => new RequestError('UNAUTHENTICATED', 'The session has ended.');

import { createHash, randomInt } from 'node:crypto';
import { lockAccountById } from '../account/account.queries.ts';
import { scopeOf } from '../account/account-scope.ts';
import type { Proofs } from '../credentials/proof.service.ts';
import type { OpenSecondStep } from '../sessions/second-step.ts';
import type { IssuedSession, SessionService, SignInClient } from '../sessions/session.service.ts';
import { clientOf, type Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { PasskeyMails } from './passkey-mails.ts';
import { codesPerSet } from './passkey.policy.ts';
import { insertMetChallenge, selectPasskeyCount } from './passkey.queries.ts';
import {
  deleteRecoveryCode,
  deleteRecoveryCodes,
  insertRecoveryCodes,
  type RecoveryCodesRow,
  selectRecoveryCodes,
} from './recovery-code.queries.ts';

/** 32 letters and digits, without those that look alike. */
const alphabet = 'abcdefghijkmnpqrstuvwxyz23456789';
const codeLength = 16;
/** Far longer than any code with spaces; the rest is cut. */
export const maxGivenLength = 64;

/** A code of 80 random bits, in groups of four. */
function newCode(): string {
  const random = Array.from({ length: codeLength }, () => alphabet.charAt(randomInt(alphabet.length)));
  return (random.join('').match(/.{4}/g) ?? []).join('-');
}

/** Needs no slow hash: 80 random bits are not found by trying. */
const hashOf = (accountId: string, code: string): Buffer =>
  createHash('sha256')
    .update(`${accountId}:${code.replace(/[\s-]/g, '').toLowerCase()}`)
    .digest();

export interface RecoveryCodeServiceOptions {
  readonly db: Database;
  readonly proofs: Proofs;
  readonly sessions: SessionService;
  /** Undefined: the service sends no mail. */
  readonly mails: PasskeyMails | undefined;
  readonly clock: Clock;
}

/** Codes on paper, for whoever has lost their passkeys. */
export class RecoveryCodeService {
  constructor(private readonly options: RecoveryCodeServiceOptions) {}

  show(viewer: Viewer): Promise<RecoveryCodesRow> {
    return selectRecoveryCodes(this.options.db.of(clientOf(viewer)), viewer.accountId);
  }

  /** Makes a set of codes, in place of the present one. @returns the codes, which are stored nowhere */
  create(viewer: Viewer): Promise<Result<readonly string[]>> {
    return refusable(async () => {
      const { db, proofs, mails, clock } = this.options;
      const codes = Array.from({ length: codesPerSet }, newCode);
      await db.transactionFor(scopeOf(viewer), async (tx) => {
        const owner = await proofs.lockOwner(tx, viewer);
        if ((await selectPasskeyCount(tx, owner.id)) === 0)
          throw new Refusal('WRONG_STATUS', undefined, 'Recovery codes replace a passkey: add one first.');
        await deleteRecoveryCodes(tx, owner.id);
        const hashes = codes.map((code) => hashOf(owner.id, code));
        await insertRecoveryCodes(tx, { accountId: owner.id, hashes, at: clock.now() });
        await mails?.tell(tx, 'RECOVERY_CODES_MADE', owner);
      });
      return codes;
    });
  }

  /** Begins a session by a code, for whoever has just proven the password. */
  signIn(
    step: OpenSecondStep | undefined,
    given: string,
    client: SignInClient,
  ): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const { db, sessions, mails } = this.options;
      if (!step) throw new Refusal('CHALLENGE_INVALID', ['token']);
      const scope = { client: client.address, subject: accountSubject(step.accountId) };
      return db.transactionFor(scope, async (tx) => {
        const account = await lockAccountById(tx, step.accountId);
        if (!account || !step.isOf(account.passwordHash) || !(await insertMetChallenge(tx, step)))
          throw new Refusal('CHALLENGE_INVALID', ['token']);
        const hash = hashOf(account.id, given.slice(0, maxGivenLength));
        if (!(await deleteRecoveryCode(tx, account.id, hash))) {
          const message = 'The recovery code is wrong, or was used before.';
          throw new Refusal('WRONG_CREDENTIALS', ['recoveryCode'], message);
        }
        const session = await sessions.begin(tx, account.id, client, { factors: 2 });
        await mails?.tell(tx, 'RECOVERY_CODE_USED', account);
        return session;
      });
    });
  }
}

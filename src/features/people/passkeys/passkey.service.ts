import { randomUUID } from 'node:crypto';
import { forgetSecondFactor, lockAccountById } from '../account/account.queries.ts';
import { scopeOf } from '../account/account-scope.ts';
import { updateSecondFactor, updateSessionsRevoked } from '../sessions/session.queries.ts';
import type { IssuedSession, SessionService, SignInClient } from '../sessions/session.service.ts';
import type { Proofs } from '../credentials/proof.service.ts';
import type { ChallengePurpose, Challenges } from '../../../platform/auth/challenges.ts';
import { clientOf, hasRole, staffRoles, type Viewer } from '../../../platform/auth/viewer.ts';
import { accountSubject, type Database, type Tx } from '../../../platform/db/database.ts';
import { Refusal, refusable, type Result } from '../../../platform/errors/errors.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import type { PasskeyMails } from './passkey-mails.ts';
import { maxNameLength, maxPasskeys } from './passkey.policy.ts';
import {
  deletePasskey,
  insertMetChallenge,
  insertPasskey,
  type KnownPasskeyRow,
  type PasskeyRow,
  selectCredentialKey,
  selectKnownPasskeys,
  selectPasskeyCount,
  selectPasskeys,
  updatePasskeyName,
  updatePasskeyUsed,
} from './passkey.queries.ts';
import { deleteRecoveryCodes } from './recovery-code.queries.ts';
import {
  algorithms,
  parseAssertion,
  parseCreation,
  type RelyingParty,
  userHandleOf,
  verifyAssertion,
  verifyCreation,
  wrongAnswer,
} from './webauthn.ts';

/** How long a person may take to answer the browser's question, in seconds. */
const challengeSeconds = 300;

/** What a browser asks for, as JSON, and until when it may answer. */
export interface PasskeyRequest {
  readonly options: string;
  readonly expiresAt: Date;
}

const described = ({ credentialId, transports }: KnownPasskeyRow) => ({
  type: 'public-key',
  id: credentialId.toString('base64url'),
  transports,
});

export interface PasskeyServiceOptions {
  readonly db: Database;
  readonly challenges: Challenges;
  readonly clock: Clock;
  readonly relyingParty: () => RelyingParty;
  readonly proofs: Proofs;
  readonly sessions: SessionService;
  /** Undefined: the service sends no mail. */
  readonly mails: PasskeyMails | undefined;
  /** Whether staff have to prove a second factor. */
  readonly staffSecondFactor: boolean;
}

/** Commands on passkeys, and signing in with one. */
export class PasskeyService {
  constructor(private readonly options: PasskeyServiceOptions) {}

  list(viewer: Viewer): Promise<PasskeyRow[]> {
    return selectPasskeys(this.options.db.of(clientOf(viewer)), viewer.accountId);
  }

  /** Asks for any passkey of this site: nobody has to say who they are. */
  beginSignIn(): PasskeyRequest {
    return this.#request('sign in with a passkey', [], []);
  }

  /** Begins a session by a passkey, which counts as two factors: one has it, and it has verified its user. */
  finishSignIn(response: string, client: SignInClient): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const { db, challenges, relyingParty, sessions } = this.options;
      const answer = parseAssertion(response);
      const key = await selectCredentialKey(db.of(client.address), Buffer.from(answer.id, 'base64url'));
      if (!key || answer.response.userHandle !== userHandleOf(key.accountId)) throw wrongAnswer();
      const { challenge, counter } = await verifyAssertion(answer, relyingParty(), key, (text) =>
        challenges.open(text, 'sign in with a passkey', []),
      );
      const scope = { client: client.address, subject: accountSubject(key.accountId) };
      const begun = await db.transactionFor(scope, async (tx) => {
        // Sign-ins of one account run one at a time, and not beside what removes the passkey.
        const account = await lockAccountById(tx, key.accountId);
        if (!account || !(await insertMetChallenge(tx, challenge))) throw wrongAnswer();
        if (!(await this.#noteUse(tx, key.id, counter, account))) return undefined;
        return sessions.begin(tx, key.accountId, client, { factors: 2, vouchedBy: key.vouchedBy });
      });
      if (!begun) throw new Refusal('PASSKEY_COPIED', ['response']);
      return begun;
    });
  }

  /**
   * Notes a signature that has met its challenge.
   * @returns false if the passkey has counted backwards: its owner was told, in this transaction. @throws Refusal CHALLENGE_INVALID
   */
  async #noteUse(
    tx: Tx,
    id: string,
    counter: number,
    account: { readonly id: string; readonly email: string },
  ): Promise<boolean> {
    const { clock, mails } = this.options;
    if (await updatePasskeyUsed(tx, { id, counter, at: clock.now() })) return true;
    // Somebody has removed it meanwhile.
    if (!(await selectPasskeys(tx, account.id)).some((passkey) => passkey.id === id)) throw wrongAnswer();
    await mails?.tell(tx, 'PASSKEY_COPIED', account);
    return false;
  }

  /** Asks for a passkey of the viewer, as proof of who they are. */
  async beginProof(viewer: Viewer): Promise<PasskeyRequest> {
    const known = await selectKnownPasskeys(this.options.db.of(clientOf(viewer)), viewer.accountId);
    return this.#request('prove a passkey', [viewer.accountId, viewer.sessionId], known);
  }

  /** Proves the viewer's session, which has proven two factors then. @returns until when the proof counts */
  prove(viewer: Viewer, response: string): Promise<Result<Date>> {
    const { db, challenges, clock, relyingParty, proofs } = this.options;
    return proofs.attempt(viewer, async () => {
      const answer = parseAssertion(response);
      const { accountId, sessionId } = viewer;
      const key = await selectCredentialKey(db.of(clientOf(viewer)), Buffer.from(answer.id, 'base64url'));
      if (key?.accountId !== accountId) throw wrongAnswer();
      const { challenge, counter } = await verifyAssertion(answer, relyingParty(), key, (text) =>
        challenges.open(text, 'prove a passkey', [accountId, sessionId]),
      );
      const until = await db.transactionFor(scopeOf(viewer), async (tx) => {
        const account = await lockAccountById(tx, accountId);
        if (!account || !(await insertMetChallenge(tx, challenge))) throw wrongAnswer();
        if (!(await this.#noteUse(tx, key.id, counter, account))) return undefined;
        if (!(await updateSecondFactor(tx, sessionId))) throw wrongAnswer();
        return proofs.note(tx, viewer, { at: clock.now(), vouchedBy: key.vouchedBy });
      });
      if (!until) throw new Refusal('PASSKEY_COPIED', ['response']);
      return until;
    });
  }

  /** Asks for a new passkey. */
  beginAdd(viewer: Viewer): Promise<Result<PasskeyRequest>> {
    return refusable(async () => {
      const { db, proofs } = this.options;
      const { email, known } = await db.transactionFor(scopeOf(viewer), async (tx) => {
        const owner = await proofs.lockOwner(tx, viewer);
        requireRoom(await selectPasskeyCount(tx, owner.id));
        return { email: owner.email, known: await selectKnownPasskeys(tx, owner.id) };
      });
      return this.#creation(viewer, email, known);
    });
  }

  /** Adds a passkey. @returns its id */
  add(viewer: Viewer, command: { response: string; name: string }): Promise<Result<string>> {
    return refusable(async () => {
      const { db, relyingParty, mails, clock, challenges, proofs } = this.options;
      const { accountId, sessionId } = viewer;
      const name = requireLine(command.name, { field: 'name', max: maxNameLength });
      const answer = parseCreation(command.response);
      const { key, challenge } = await verifyCreation(answer, relyingParty(), (text) =>
        challenges.open(text, 'add a passkey', [accountId, sessionId]),
      );
      return db.transactionFor(scopeOf(viewer), async (tx) => {
        const account = await proofs.lockOwner(tx, viewer);
        if (!(await insertMetChallenge(tx, challenge))) throw wrongAnswer();
        const passkeys = await selectPasskeyCount(tx, accountId);
        requireRoom(passkeys);
        const row = { id: randomUUID(), accountId, ...key, name, createdAt: clock.now(), sessionId };
        if (!(await insertPasskey(tx, row))) throw wrongAnswer();
        // The first one is the second factor of the session that adds it.
        if (passkeys === 0) await updateSecondFactor(tx, sessionId);
        await mails?.tell(tx, 'PASSKEY_ADDED', account);
        return row.id;
      });
    });
  }

  rename(viewer: Viewer, { id, name: given }: { id: string; name: string }): Promise<Result<void>> {
    return refusable(async () => {
      const name = requireLine(given, { field: 'name', max: maxNameLength });
      const { accountId } = viewer;
      await this.options.db.transactionFor(scopeOf(viewer), async (tx) => {
        if (!(await updatePasskeyName(tx, { id, accountId, name })))
          throw new Refusal('NOT_FOUND', ['passkeyId']);
      });
    });
  }

  /** Removes a passkey, and ends the viewer's other sessions: somebody else may have begun one with it. */
  remove(viewer: Viewer, id: string): Promise<Result<void>> {
    return refusable(async () => {
      const { db, proofs } = this.options;
      await db.transactionFor(scopeOf(viewer), async (tx) => {
        const owner = await proofs.lockOwner(tx, viewer);
        if (!(await deletePasskey(tx, id, owner.id))) throw new Refusal('NOT_FOUND', ['passkeyId']);
        if ((await selectPasskeyCount(tx, owner.id)) === 0) await this.#removeLast(tx, owner);
        const { clock, mails } = this.options;
        await updateSessionsRevoked(tx, { accountId: owner.id, except: viewer.sessionId }, clock.now());
        await mails?.tell(tx, 'PASSKEY_REMOVED', owner);
      });
    });
  }

  /** Without a passkey there is no second step, so recovery codes have no use. @throws Refusal WRONG_STATUS */
  async #removeLast(tx: Tx, owner: { id: string; roles: Viewer['roles'] }): Promise<void> {
    if (this.options.staffSecondFactor && hasRole(owner, ...staffRoles)) {
      const message = 'This is the last passkey of an account that needs one: add another one first.';
      throw new Refusal('WRONG_STATUS', ['passkeyId'], message);
    }
    await deleteRecoveryCodes(tx, owner.id);
    await forgetSecondFactor(tx, owner.id);
  }

  #request(
    purpose: ChallengePurpose,
    bound: readonly string[],
    known: readonly KnownPasskeyRow[],
  ): PasskeyRequest {
    const { challenges, relyingParty } = this.options;
    const { text: challenge, expiresAt } = challenges.issue(purpose, bound, challengeSeconds);
    const options = {
      challenge,
      rpId: relyingParty().id,
      allowCredentials: known.map(described),
      userVerification: 'required',
      timeout: challengeSeconds * 1000,
    };
    return { options: JSON.stringify(options), expiresAt };
  }

  #creation(
    { accountId, sessionId, name }: Viewer,
    email: string,
    known: readonly KnownPasskeyRow[],
  ): PasskeyRequest {
    const { challenges, relyingParty } = this.options;
    const bound = [accountId, sessionId];
    const { text: challenge, expiresAt } = challenges.issue('add a passkey', bound, challengeSeconds);
    const { id } = relyingParty();
    const options = {
      challenge,
      rp: { id, name: id },
      user: { id: userHandleOf(accountId), name: email, displayName: name },
      pubKeyCredParams: algorithms.map((alg) => ({ type: 'public-key', alg })),
      excludeCredentials: known.map(described),
      authenticatorSelection: {
        residentKey: 'required',
        requireResidentKey: true,
        userVerification: 'required',
      },
      attestation: 'none',
      timeout: challengeSeconds * 1000,
    };
    return { options: JSON.stringify(options), expiresAt };
  }
}

/** @throws Refusal LIMIT_REACHED */
function requireRoom(passkeys: number): void {
  if (passkeys < maxPasskeys) return;
  throw new Refusal('LIMIT_REACHED', undefined, `An account has ${maxPasskeys} passkeys at most.`);
}

import { randomUUID } from 'node:crypto';
import { forgetSecondFactor, lockAccountById } from '../account/account.queries.ts';
import { scopeOf } from '../account/own-password.ts';
import { lockSession, updateSecondFactor, updateSessionsRevoked } from '../account/session.queries.ts';
import type { IssuedSession, SessionService, SignInClient } from '../account/session.service.ts';
import type { ChallengePurpose } from '../auth/challenges.ts';
import { clientOf, hasRole, staffRoles, type Viewer } from '../auth/viewer.ts';
import type { Tx } from '../db/database.ts';
import { Refusal, refusable, type Result } from '../errors/errors.ts';
import { requireLine } from '../text/rules.ts';
import type { OwnerProofCommand, OwnerProofs, OwnerProofsOptions } from './owner-proof.service.ts';
import type { PasskeyMails } from './passkey-mails.ts';
import { isTooWeak, maxNameLength, maxPasskeys, type ProofKind } from './passkey.policy.ts';
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

const addPurposes: Readonly<Record<ProofKind, ChallengePurpose>> = {
  password: 'add a passkey by password',
  passkey: 'add a passkey by passkey',
};

const described = ({ credentialId, transports }: KnownPasskeyRow) => ({
  type: 'public-key',
  id: credentialId.toString('base64url'),
  transports,
});

export interface PasskeyServiceOptions extends Omit<OwnerProofsOptions, 'hashing'> {
  readonly proofs: OwnerProofs;
  readonly sessions: SessionService;
  /** Undefined: the service sends no mail. */
  readonly mails: PasskeyMails | undefined;
  /** Whether staff have to prove a second factor. */
  readonly staffSecondFactor: boolean;
}

/** Commands on passkeys, and signing in with one. */
export class PasskeyService {
  readonly #options: PasskeyServiceOptions;

  constructor(options: PasskeyServiceOptions) {
    this.#options = options;
  }

  list(viewer: Viewer): Promise<PasskeyRow[]> {
    return selectPasskeys(this.#options.db.of(clientOf(viewer)), viewer.accountId);
  }

  /** Asks for any passkey of this site: nobody has to say who they are. */
  beginSignIn(): PasskeyRequest {
    return this.#request('sign in with a passkey', [], []);
  }

  /** Begins a session by a passkey, which counts as two factors: one has it, and it has verified its user. */
  finishSignIn(response: string, client: SignInClient): Promise<Result<IssuedSession>> {
    return refusable(async () => {
      const { db, challenges, clock, relyingParty, sessions } = this.#options;
      const answer = parseAssertion(response);
      const key = await selectCredentialKey(db.of(client.address), Buffer.from(answer.id, 'base64url'));
      if (!key || answer.response.userHandle !== userHandleOf(key.accountId)) throw wrongAnswer();
      const { challenge, counter } = await verifyAssertion(answer, relyingParty(), key, (text) =>
        challenges.open(text, 'sign in with a passkey', []),
      );
      const scope = { client: client.address, subject: `account:${key.accountId}` };
      return db.transactionFor(scope, async (tx) => {
        // Sign-ins of one account run one at a time, and not beside what removes the passkey.
        const account = await lockAccountById(tx, key.accountId);
        const isRight =
          account &&
          (await updatePasskeyUsed(tx, { id: key.id, counter, at: clock.now() })) &&
          (await insertMetChallenge(tx, challenge));
        if (!isRight) throw wrongAnswer();
        return sessions.begin(tx, key.accountId, client, 2);
      });
    });
  }

  /** Asks for a passkey of the viewer, as proof of who they are. */
  async beginProof(viewer: Viewer): Promise<PasskeyRequest> {
    const known = await selectKnownPasskeys(this.#options.db.of(clientOf(viewer)), viewer.accountId);
    return this.#request('prove a passkey', [viewer.accountId, viewer.sessionId], known);
  }

  /** Asks for a new passkey. */
  beginAdd(viewer: Viewer, email: string, command: OwnerProofCommand): Promise<Result<PasskeyRequest>> {
    return refusable(async () => {
      const { db, proofs } = this.#options;
      const proof = await proofs.check(viewer, email, command);
      const known = await db.transactionFor(scopeOf(viewer), async (tx) => {
        const { passkeys } = await proof.claim(tx);
        requireRoom(passkeys);
        return selectKnownPasskeys(tx, viewer.accountId);
      });
      return this.#creation(viewer, { email, known, kind: proof.kind });
    });
  }

  /** Adds a passkey. @returns its id */
  add(viewer: Viewer, command: { response: string; name: string }): Promise<Result<string>> {
    return refusable(async () => {
      const { db, relyingParty, mails, clock } = this.#options;
      const name = requireLine(command.name, { field: 'name', max: maxNameLength });
      const answer = parseCreation(command.response);
      const { key, challenge } = await verifyCreation(answer, relyingParty(), (text) =>
        this.#openAdd(viewer, text),
      );
      return db.transactionFor(scopeOf(viewer), async (tx) => {
        const { accountId, sessionId } = viewer;
        const account = await lockAccountById(tx, accountId);
        const isOpen =
          account && (await lockSession(tx, sessionId)) && (await insertMetChallenge(tx, challenge));
        if (!isOpen) throw wrongAnswer();
        const passkeys = await selectPasskeyCount(tx, accountId);
        requireRoom(passkeys);
        const lacksSecondFactor = viewer.lacksSecondFactor === true;
        if (isTooWeak(challenge.kind, { lacksSecondFactor, passkeys }))
          throw new Refusal('SECOND_FACTOR_REQUIRED');
        const row = { id: randomUUID(), accountId, ...key, name, createdAt: clock.now() };
        if (!(await insertPasskey(tx, row))) throw wrongAnswer();
        // The first one is the second factor of the session that has proven the password for it.
        if (passkeys === 0) await updateSecondFactor(tx, sessionId);
        await mails?.tell(tx, 'PASSKEY_ADDED', account);
        return row.id;
      });
    });
  }

  rename(viewer: Viewer, { id, name: given }: { id: string; name: string }): Promise<Result<void>> {
    return refusable(async () => {
      const name = requireLine(given, { field: 'name', max: maxNameLength });
      const db = this.#options.db.of(clientOf(viewer));
      if (!(await updatePasskeyName(db, { id, accountId: viewer.accountId, name })))
        throw new Refusal('NOT_FOUND', ['passkeyId']);
    });
  }

  /** Removes a passkey, and ends the viewer's other sessions: somebody else may have begun one with it. */
  remove(viewer: Viewer, email: string, command: OwnerProofCommand & { id: string }): Promise<Result<void>> {
    return refusable(async () => {
      const { db, proofs } = this.#options;
      const proof = await proofs.check(viewer, email, command);
      await db.transactionFor(scopeOf(viewer), async (tx) => {
        const owner = await proof.claim(tx);
        if (!(await deletePasskey(tx, command.id, owner.id))) throw new Refusal('NOT_FOUND', ['passkeyId']);
        if (owner.passkeys === 1) await this.#removeLast(tx, owner);
        const { clock, mails } = this.#options;
        await updateSessionsRevoked(tx, { accountId: owner.id, except: viewer.sessionId }, clock.now());
        await mails?.tell(tx, 'PASSKEY_REMOVED', owner);
      });
    });
  }

  /** Without a passkey there is no second step, so recovery codes have no use. @throws Refusal WRONG_STATUS */
  async #removeLast(tx: Tx, owner: { id: string; roles: Viewer['roles'] }): Promise<void> {
    if (this.#options.staffSecondFactor && hasRole(owner, ...staffRoles)) {
      const message = 'This is the last passkey of an account that needs one: add another one first.';
      throw new Refusal('WRONG_STATUS', ['passkeyId'], message);
    }
    await deleteRecoveryCodes(tx, owner.id);
    await forgetSecondFactor(tx, owner.id);
  }

  /** The challenge of a new passkey, and how its viewer has proven who they are. */
  #openAdd({ accountId, sessionId }: Viewer, text: string) {
    for (const kind of ['password', 'passkey'] as const) {
      const open = this.#options.challenges.open(text, addPurposes[kind], [accountId, sessionId]);
      if (open) return { ...open, kind };
    }
    return undefined;
  }

  #request(
    purpose: ChallengePurpose,
    bound: readonly string[],
    known: readonly KnownPasskeyRow[],
  ): PasskeyRequest {
    const { challenges, relyingParty } = this.#options;
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
    { email, known, kind }: { email: string; known: readonly KnownPasskeyRow[]; kind: ProofKind },
  ): PasskeyRequest {
    const { challenges, relyingParty } = this.#options;
    const bound = [accountId, sessionId];
    const { text: challenge, expiresAt } = challenges.issue(addPurposes[kind], bound, challengeSeconds);
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

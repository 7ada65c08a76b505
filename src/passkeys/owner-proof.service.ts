import { lockAccount, lockAccountById } from '../account/account.queries.ts';
import { requireOwnPassword, wrongPassword } from '../account/own-password.ts';
import { updateSecondFactor } from '../account/session.queries.ts';
import { requireFreshSignIn } from '../account/fresh-sign-in.ts';
import { lockOwnCredential } from '../account/own-credential.queries.ts';
import { noPassword } from '../auth/password.ts';
import type { Challenges } from '../auth/challenges.ts';
import type { HashingQueue } from '../auth/hashing-queue.ts';
import { clientOf, type Viewer } from '../auth/viewer.ts';
import type { Database, Tx } from '../db/database.ts';
import { Refusal, type UserErrorValue } from '../errors/errors.ts';
import type { Clock } from '../time/clock.ts';
import { isTooWeak, type ProofKind } from './passkey.policy.ts';
import {
  insertMetChallenge,
  selectCredentialKey,
  selectPasskeyCount,
  updatePasskeyUsed,
} from './passkey.queries.ts';
import { parseAssertion, type RelyingParty, verifyAssertion, wrongAnswer } from './webauthn.ts';

/**
 * What a change of one's passkeys is proven by: the password, or the signature of a passkey; neither where there is no password, and
 * the session has begun a moment ago.
 */
export interface OwnerProofCommand {
  readonly currentPassword: string | undefined;
  readonly passkey: string | undefined;
}

/** The viewer's account, locked, with the number of its passkeys. */
export interface ProvenOwner {
  readonly id: string;
  readonly email: string;
  readonly roles: Viewer['roles'];
  readonly passkeys: number;
}

/** A proof that was checked, and that the transaction of the change claims. */
export interface Proof {
  readonly kind: ProofKind;
  /**
   * Locks the account, if the proof is still right, and uses it up.
   * @throws Refusal WRONG_CREDENTIALS, CHALLENGE_INVALID, SECOND_FACTOR_REQUIRED
   */
  readonly claim: (tx: Tx) => Promise<ProvenOwner>;
}

export interface OwnerProofsOptions {
  readonly db: Database;
  readonly hashing: HashingQueue;
  readonly challenges: Challenges;
  readonly clock: Clock;
  readonly relyingParty: () => RelyingParty;
}

/** Checks that whoever changes passkeys is the account's holder, and not somebody at an unlocked computer. */
export class OwnerProofs {
  readonly #options: OwnerProofsOptions;

  constructor(options: OwnerProofsOptions) {
    this.#options = options;
  }

  /** @throws Refusal INVALID_INPUT, WRONG_CREDENTIALS, CHALLENGE_INVALID */
  async check(viewer: Viewer, email: string, command: OwnerProofCommand): Promise<Proof> {
    const proof = await ofProof(() => this.#check(viewer, email, command));
    return { kind: proof.kind, claim: (tx) => ofProof(() => proof.claim(tx)) };
  }

  async #check(
    viewer: Viewer,
    email: string,
    { currentPassword, passkey }: OwnerProofCommand,
  ): Promise<Proof> {
    if (currentPassword !== undefined && passkey === undefined)
      return this.#checkPassword(viewer, email, currentPassword);
    if (passkey !== undefined && currentPassword === undefined) return this.#checkPasskey(viewer, passkey);
    if (passkey === undefined) return this.#checkSignIn(viewer);
    throw needsOne();
  }

  async #checkPassword(viewer: Viewer, email: string, password: string): Promise<Proof> {
    const client = clientOf(viewer);
    const credential = await requireOwnPassword(this.#options, { email, password, client });
    return {
      kind: 'password',
      claim: async (tx) => {
        if (credential.id !== viewer.accountId || !(await lockAccount(tx, credential))) throw wrongPassword();
        return requireStrong(await ownerOf(tx, viewer), viewer);
      },
    };
  }

  /** A sign-in by the login of another site is worth what a password is. */
  #checkSignIn(viewer: Viewer): Proof {
    return {
      kind: 'password',
      claim: async (tx) => {
        const own = await lockOwnCredential(tx, viewer);
        if (own?.passwordHash !== noPassword) throw needsOne();
        requireFreshSignIn(own, this.#options.clock);
        return requireStrong(await ownerOf(tx, viewer), viewer);
      },
    };
  }

  async #checkPasskey(viewer: Viewer, text: string): Promise<Proof> {
    const { db, challenges, clock, relyingParty } = this.#options;
    const answer = parseAssertion(text);
    const { accountId, sessionId } = viewer;
    const key = await selectCredentialKey(db.of(clientOf(viewer)), Buffer.from(answer.id, 'base64url'));
    if (key?.accountId !== accountId) throw wrongAnswer();
    const { challenge, counter } = await verifyAssertion(answer, relyingParty(), key, (given) =>
      challenges.open(given, 'prove a passkey', [accountId, sessionId]),
    );
    return {
      kind: 'passkey',
      claim: async (tx) => {
        const owner = await ownerOf(tx, viewer);
        const isRight =
          (await updatePasskeyUsed(tx, { id: key.id, counter, at: clock.now() })) &&
          (await insertMetChallenge(tx, challenge)) &&
          // A session that has proven a passkey has proven two factors.
          (await updateSecondFactor(tx, sessionId));
        if (!isRight) throw wrongAnswer();
        return owner;
      },
    };
  }
}

const needsOne = (): Refusal =>
  new Refusal(
    'INVALID_INPUT',
    ['currentPassword'],
    'Prove who you are by the password or by a passkey: give one of both.',
  );

/** Names the fields of refusals as the mutations do: the proof is an input within theirs. */
async function ofProof<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const placed = error.userErrors.map((fault): UserErrorValue => {
      const name = fault.field?.[0] === 'response' ? 'passkey' : 'currentPassword';
      return { ...fault, field: ['proof', name] };
    });
    throw Object.assign(error, { userErrors: placed });
  }
}

async function ownerOf(tx: Tx, { accountId }: Viewer): Promise<ProvenOwner> {
  const account = await lockAccountById(tx, accountId);
  if (!account) throw wrongAnswer();
  return { ...account, passkeys: await selectPasskeyCount(tx, accountId) };
}

/** @throws Refusal SECOND_FACTOR_REQUIRED */
function requireStrong(owner: ProvenOwner, viewer: Viewer): ProvenOwner {
  const lacksSecondFactor = viewer.lacksSecondFactor === true;
  if (isTooWeak('password', { lacksSecondFactor, passkeys: owner.passkeys }))
    throw new Refusal('SECOND_FACTOR_REQUIRED', ['currentPassword']);
  return owner;
}

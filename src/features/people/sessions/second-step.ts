import { createHash } from 'node:crypto';
import type { Challenges, OpenChallenge } from '../../../platform/auth/challenges.ts';
import type { CredentialRow } from '../account/account.queries.ts';

/** What a client gets that has proven the password of staff with a passkey, in place of a session. */
export interface AwaitedSecondStep {
  readonly token: string;
  readonly expiresAt: Date;
}

/** A step that a token names. */
export interface OpenSecondStep extends OpenChallenge {
  readonly accountId: string;
  /** Whether the account still has the password that was proven. */
  readonly isOf: (passwordHash: string) => boolean;
}

/** How long the second step may take, in seconds. */
const stepSeconds = 300;

/** The longest token of a second step, in characters. */
export const maxSecondStepLength = 114;
const form = /^([1-9]\d{0,17})\.([\w-]{22})\.([\w-]{72})$/;

/** Names a password without revealing anything of it: its hash is salted. */
const tagOf = (passwordHash: string): string =>
  createHash('sha256').update(passwordHash).digest().subarray(0, 16).toString('base64url');

/** Tokens that say that a password was proven, for the step after it. They are signed and stored nowhere. */
export class SecondSteps {
  constructor(private readonly challenges: Challenges) {}

  issue({ id, passwordHash }: CredentialRow): AwaitedSecondStep {
    const tag = tagOf(passwordHash);
    const { text, expiresAt } = this.challenges.issue('second step', [id, tag], stepSeconds);
    return { token: `${id}.${tag}.${text}`, expiresAt };
  }

  /** @returns undefined for a token that has expired, or that this service has not issued */
  open(token: string): OpenSecondStep | undefined {
    const [, accountId = '', tag = '', challenge = ''] = form.exec(token) ?? [];
    const open = this.challenges.open(challenge, 'second step', [accountId, tag]);
    return open && { ...open, accountId, isOf: (passwordHash) => tagOf(passwordHash) === tag };
  }
}

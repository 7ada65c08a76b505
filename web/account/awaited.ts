import { safeNext } from '../paths.ts';
import { hasTexts, readStored, writeStored } from '../storage.ts';

/*
 * What a browser keeps until a mailed link is opened. Links open in another tab, so all tabs share it.
 */

/** A sign-up that waits for the link in its mail. */
export interface AwaitedSignUp {
  readonly email: string;
  /** `SignUpConfirmation.secret`, which takes the place of the password. */
  readonly secret: string;
  readonly expiresAt: string;
  /** The page that the reader came from. */
  readonly next: string;
}

const signUpsKey = 'standfirst.sign-ups';

/** More are not tried: each try is counted as a sign-in. */
const mostSignUps = 5;

const areSignUps = (value: unknown): value is AwaitedSignUp[] =>
  Array.isArray(value) && value.every((each) => hasTexts(each, ['email', 'secret', 'expiresAt', 'next']));

/** The sign-ups of this browser whose links have not expired, newest first. */
export const awaitedSignUps = (): readonly AwaitedSignUp[] =>
  (readStored(signUpsKey, areSignUps) ?? []).filter(({ expiresAt }) => Date.parse(expiresAt) > Date.now());

export const keepSignUp = (signUp: AwaitedSignUp): boolean =>
  writeStored(signUpsKey, [signUp, ...awaitedSignUps()].slice(0, mostSignUps));

/** Forgets the sign-ups with an address, which has an account by now. */
export function forgetSignUps(address: string): void {
  const left = awaitedSignUps().filter(({ email }) => email !== address);
  writeStored(signUpsKey, left.length === 0 ? undefined : left);
}

const nextKey = 'standfirst.mailed-next';

const isNext = (value: unknown): value is { next: string; expiresAt: string } =>
  hasTexts(value, ['next', 'expiresAt']);

/** Keeps the page to which the link in a mail shall lead. */
export const keepNext = (next: string, expiresAt: string): boolean =>
  writeStored(nextKey, { next, expiresAt });

/** The page that was kept last, once; undefined if no link may lead to it any more. */
export function takeNext(): string | undefined {
  const kept = readStored(nextKey, isNext);
  writeStored(nextKey, undefined);
  return kept && Date.parse(kept.expiresAt) > Date.now() ? safeNext(kept.next) : undefined;
}

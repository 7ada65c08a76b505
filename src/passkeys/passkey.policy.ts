/** Most passkeys of one account. */
export const maxPasskeys = 10;

/** Most characters of a passkey's name. */
export const maxNameLength = 60;

/** Recovery codes of one set. */
export const codesPerSet = 10;

/** How a change of the viewer's credentials was proven. */
export type ProofKind = 'password' | 'passkey';

/**
 * Whether a proof is too weak: a session of staff that has proven only a password must not use it to bring in a passkey of
 * its own beside those of the account, nor to take those away. Without any passkey the password is all there is.
 */
export function isTooWeak(
  kind: ProofKind,
  { lacksSecondFactor, passkeys }: { lacksSecondFactor: boolean; passkeys: number },
): boolean {
  return kind === 'password' && lacksSecondFactor && passkeys > 0;
}

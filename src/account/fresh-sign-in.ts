import { noPassword } from '../auth/password.ts';
import { Refusal } from '../errors/errors.ts';
import type { Clock } from '../time/clock.ts';
import type { OwnCredentialRow } from './own-credential.queries.ts';

/** How long after its sign-in a session may change the ways into an account without a password, in milliseconds. */
const freshMs = 600_000;

/**
 * Of an account without a password, a fresh sign-in takes its place: a stolen session must not become a lasting way in.
 * @throws Refusal WRONG_CREDENTIALS
 */
export function requireFreshSignIn(
  { passwordHash, signedInAt }: Pick<OwnCredentialRow, 'passwordHash' | 'signedInAt'>,
  clock: Clock,
): void {
  if (passwordHash !== noPassword) return;
  const age = clock.now().getTime() - (signedInAt?.getTime() ?? -Infinity);
  if (age <= freshMs) return;
  const message = 'This account has no password: sign out and in again, and do this within ten minutes.';
  throw new Refusal('WRONG_CREDENTIALS', undefined, message);
}

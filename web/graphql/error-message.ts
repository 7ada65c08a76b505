import { CombinedGraphQLErrors } from '@apollo/client/errors';
import { texts } from '../texts.ts';

/** The service's message for people; undefined: the request failed, or its response did not arrive. */
export function messageOf(error: unknown): string | undefined {
  if (!CombinedGraphQLErrors.is(error)) return undefined;
  const [first] = error.errors;
  return first?.extensions?.code === 'PROOF_REQUIRED' ? texts.notProven : first?.message;
}

/** Codes of refusals that pass by themselves, and of faults that may: the client tries again. */
const passing: ReadonlySet<unknown> = new Set(['UNAVAILABLE', 'RATE_LIMITED', 'INTERNAL_SERVER_ERROR']);

/** Whether the service has answered that it can't answer now. */
export const isPassing = (error: unknown): boolean =>
  CombinedGraphQLErrors.is(error) && error.errors.some(({ extensions }) => passing.has(extensions?.code));

import { CombinedGraphQLErrors } from '@apollo/client/errors';

/** The service's message for people; undefined: the request failed, or its response did not arrive. */
export function messageOf(error: unknown): string | undefined {
  return CombinedGraphQLErrors.is(error) ? error.errors[0]?.message : undefined;
}

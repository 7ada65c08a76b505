import { CombinedGraphQLErrors } from '@apollo/client/errors';

/** What the service said, for people; undefined: it could not be asked, or what it said did not come. */
export function messageOf(error: unknown): string | undefined {
  return CombinedGraphQLErrors.is(error) ? error.errors[0]?.message : undefined;
}

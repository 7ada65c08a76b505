import type { Context } from '../graphql/context.ts';

/** Who pays for an operation. */
export function budgetKey({ viewer, address }: Pick<Context, 'viewer' | 'address'>): string {
  return viewer ? `account:${viewer.accountId}` : `address:${address}`;
}

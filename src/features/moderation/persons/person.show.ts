import type { Context } from '../../../platform/graphql/context.ts';
import { refusalToModerate } from '../../../platform/auth/viewer.ts';
import { personById } from './person.loader.ts';
import { Person } from './person.type.ts';

/** The account as moderators see it; null for everybody else, and if there is no such account. */
export async function loadPerson(
  { viewer, loaders }: Context,
  accountId: string | null,
): Promise<Person | null> {
  if (accountId === null || refusalToModerate(viewer)) return null;
  const row = await loaders.get(personById).load(accountId);
  return row ? Person.from(row) : null;
}

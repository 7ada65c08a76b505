import { type Context, keptBySite } from '../../../platform/graphql/context.ts';
import { nameKeys } from '../../../platform/text/name-keys.ts';
import { type NamedBylineRow, selectNamedBylines } from './name-keys.queries.ts';

/** A name that is shown, and whose it is: null: nobody's account. */
export interface ShownName {
  readonly accountId: string | null;
  readonly name: string;
}

/**
 * The names of all bylines, in memory: whether a name is one of them is asked of every name on every page, and bylines change
 * rarely. Every change of a byline raises the site revision.
 */
const namedBylines = keptBySite<readonly NamedBylineRow[]>(selectNamedBylines);

/** The accounts of the bylines that have a key, by key. */
type Owners = ReadonlyMap<string, readonly (string | null)[]>;

const known = new WeakMap<readonly NamedBylineRow[], Owners>();

function ownersOf(bylines: readonly NamedBylineRow[]): Owners {
  const present = known.get(bylines);
  if (present) return present;
  const owners = new Map<string, (string | null)[]>();
  for (const { accountId, name, nameKeys: stored } of bylines) {
    for (const key of stored ?? nameKeys(name)) {
      const ofKey = owners.get(key);
      if (ofKey) ofKey.push(accountId);
      else owners.set(key, [accountId]);
    }
  }
  known.set(bylines, owners);
  return owners;
}

/**
 * Whether a byline has a name that looks like this one, and no such byline belongs to the account whose name it is. Of two
 * journalists of one name, neither is marked.
 */
export async function sharesNameWithJournalist(
  { loaders }: Context,
  { accountId, name }: ShownName,
): Promise<boolean> {
  const owners = ownersOf(await loaders.get(namedBylines).load());
  const found = nameKeys(name).flatMap((key) => owners.get(key) ?? []);
  return found.length > 0 && (accountId === null || !found.includes(accountId));
}

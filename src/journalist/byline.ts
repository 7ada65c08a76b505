import type { Viewer } from '../auth/viewer.ts';
import type { Tx } from '../db/database.ts';
import { selectFreeSlug } from '../db/free-slug.ts';
import { slugFrom } from '../text/slug.ts';
import { insertJournalist, selectJournalistsByAccount } from './journalist.queries.ts';

/** The byline that belongs to an account, if it has one. */
export async function findByline(tx: Tx, accountId: string): Promise<string | undefined> {
  const [own] = await selectJournalistsByAccount(tx, [accountId]);
  return own?.id;
}

/**
 * The byline of an account; one with the account's name is made where there is none.
 * @returns the journalist's id
 */
export async function ensureByline(tx: Tx, { accountId, name }: Viewer): Promise<string> {
  const base = slugFrom(name, 'journalist');
  // Another transaction may take the slug, or make the same byline: then the next turn finds what it did.
  for (;;) {
    const found = await findByline(tx, accountId);
    if (found !== undefined) return found;
    const slug = await selectFreeSlug(tx, 'journalist', base);
    if (slug === undefined) throw new Error(`Every slug of the form ${base}-n is taken`);
    const made = await insertJournalist(tx, { accountId, slug, name });
    if (made !== undefined) return made;
  }
}

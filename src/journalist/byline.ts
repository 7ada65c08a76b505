import type { Viewer } from '../auth/viewer.ts';
import type { Tx } from '../db/database.ts';
import { selectFreeSlug } from '../db/free-slug.ts';
import { slugFrom } from '../text/slug.ts';
import { insertJournalist, selectJournalistsByAccount } from './journalist.queries.ts';

/** The id of the byline that belongs to an account, if there is one. */
export async function findByline(tx: Tx, accountId: string): Promise<string | undefined> {
  const [own] = await selectJournalistsByAccount(tx, [accountId]);
  return own?.id;
}

/**
 * The byline of an account; if there is none, one with the account's name is created.
 * @returns the journalist's id
 */
export async function ensureByline(tx: Tx, { accountId, name }: Viewer): Promise<string> {
  const base = slugFrom(name, 'journalist');
  // Another transaction may take the slug, or create the same byline; the next iteration then finds its result.
  for (;;) {
    const found = await findByline(tx, accountId);
    if (found !== undefined) return found;
    const slug = await selectFreeSlug(tx, 'journalist', base);
    if (slug === undefined) throw new Error(`Every slug of the form ${base}-n is taken`);
    const made = await insertJournalist(tx, { accountId, slug, name });
    if (made !== undefined) return made;
  }
}

import { requireAccount } from '../account/account-admin.service.ts';
import type { Database } from '../db/database.ts';
import { Refusal } from '../errors/errors.ts';
import { maxSlugLength, slugPattern } from '../text/slug.ts';
import { requireLine } from '../text/rules.ts';
import { insertByline, lockByline, updateBylineAccount } from './byline.queries.ts';

/** What came of linking: the byline was there without an account, is new, or was this account's already. */
export type Linked = 'linked' | 'made' | 'unchanged';

/**
 * Gives an account the byline under which it publishes; one that is missing is made.
 * @param name of a new byline; undefined: the account's
 * @throws Refusal NOT_FOUND, INVALID_INPUT, FORBIDDEN when either of them has another partner
 */
export function linkByline(
  db: Database,
  { email, slug, name }: { email: string; slug: string; name: string | undefined },
): Promise<Linked> {
  if (slug.length > maxSlugLength || !slugPattern.test(slug)) {
    const message = 'A slug takes words of a to z and 0 to 9 with single hyphens between them.';
    throw new Refusal('INVALID_INPUT', ['slug'], message);
  }
  return db.transaction(async (tx) => {
    const account = await requireAccount(tx, email);
    if (account.journalistSlug === slug) return 'unchanged';
    if (account.journalistSlug !== null) {
      const message = `This account has the byline "${account.journalistSlug}".`;
      throw new Refusal('FORBIDDEN', ['email'], message);
    }
    const byline = await lockByline(tx, slug);
    if (!byline) {
      const shown = requireLine(name ?? account.name, { field: 'name', max: 120 });
      await insertByline(tx, { slug, name: shown, accountId: account.id });
      return 'made';
    }
    if (byline.accountId !== null)
      throw new Refusal('FORBIDDEN', ['slug'], `The byline "${slug}" belongs to another account.`);
    await updateBylineAccount(tx, byline.id, account.id);
    return 'linked';
  });
}

import { requireAccount } from '../../people/credentials/account-admin.service.ts';
import type { Database } from '../../../platform/db/database.ts';
import { Refusal } from '../../../platform/errors/errors.ts';
import { maxSlugLength, slugPattern } from '../../../platform/text/slug.ts';
import { requireLine } from '../../../platform/text/rules.ts';
import { insertByline, lockByline, updateBylineAccount } from './byline.queries.ts';

/**
 * Result of linking: an existing byline without an account was linked, a new byline was created, or the byline already
 * belonged to this account.
 */
export type Linked = 'linked' | 'made' | 'unchanged';

/**
 * Gives an account the byline under which it publishes; creates the byline if it does not exist.
 * @param name the name of a new byline; undefined for the account's name
 * @throws Refusal NOT_FOUND, INVALID_INPUT, or FORBIDDEN if the account has another byline or the byline another
 * account
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

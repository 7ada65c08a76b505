import { domainToUnicode } from 'node:url';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import type { Tx } from '../../../platform/db/database.ts';
import { selectFreeSlug } from '../../../platform/db/free-slug.ts';
import { slugFrom } from '../../../platform/text/slug.ts';
import {
  insertJournalist,
  selectJournalistsByAccount,
  selectJournalistsBySlug,
} from './journalist.queries.ts';

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

/** Bylines of accounts that may have a slug like that of a site. */
const maxForeignBylines = 20;

/**
 * The byline of a site, which belongs to no account; if there is none, one with the name of the site's host is created. It is
 * found again by its slug, so that it may be given another name.
 * @param url an address of the site
 * @returns the journalist's id
 */
export async function siteByline(tx: Tx, { hostname, port }: URL): Promise<string> {
  const host = port === '' ? hostname : `${hostname}:${port}`;
  const base = slugFrom(host, 'site');
  const name = port === '' ? domainToUnicode(hostname) || hostname : host;
  for (let number = 1; number <= maxForeignBylines; number += 1) {
    const slug = number === 1 ? base : `${base}-${number}`;
    // Waits for a transaction that is about to take the slug, and finds its byline in the second turn.
    for (let turn = 1; turn <= 2; turn += 1) {
      const [found] = await selectJournalistsBySlug(tx, [slug]);
      if (found?.accountId === null) return found.id;
      if (found) break;
      const made = await insertJournalist(tx, { accountId: null, slug, name: name.slice(0, 120) });
      if (made !== undefined) return made;
    }
  }
  throw new Error(`Every slug of the form ${base}-n belongs to somebody`);
}

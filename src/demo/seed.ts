import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { insertAccount } from '../account/account.queries.ts';
import { hashPassword } from '../auth/password.ts';
import { type Role, roles } from '../auth/viewer.ts';
import {
  hasEverReplied,
  updateAncestorCounts,
  updateCommentRemoved,
} from '../comment/comment-write.queries.ts';
import type { Database, Tx } from '../db/database.ts';
import { importArticle } from '../import/import.service.ts';
import { importDocument } from '../import/document.ts';
import {
  isDatabaseEmpty,
  lockSeeding,
  selectSeededComments,
  updateBylineOfLetter,
  updateCommentCountDown,
  updateFeatured,
} from './seed.queries.ts';

const manifest = z.strictObject({
  articles: z.array(z.string()),
  removedComments: z.record(z.string(), z.array(z.string())),
  featuredEndorsements: z.record(z.string(), z.array(z.string())),
});

/** The e-mail address of the demo account with a role. */
export const demoEmail = (role: Role): string => `${role.toLowerCase()}@example.org`;

export interface DemoOptions {
  readonly db: Database;
  readonly folder: string;
  readonly maxDepth: number;
  /** The password of all demo accounts. */
  readonly password: string;
}

/**
 * Fills an empty database with fictional articles, threads, and one account for each role, in one transaction.
 * @returns false if the database already has an account or an article
 */
export async function seedDemo({ db, folder, maxDepth, password }: DemoOptions): Promise<boolean> {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'));
  const { articles, removedComments, featuredEndorsements } = manifest.parse(await read('manifest.json'));
  const documents = await Promise.all(articles.map(async (name) => importDocument.parse(await read(name))));
  return db.transaction(async (tx) => {
    await lockSeeding(tx);
    if (!(await isDatabaseEmpty(tx))) return false;
    for (const document of documents) await importArticle(tx, document, { maxDepth });
    for (const [slug, keys] of Object.entries(featuredEndorsements)) await updateFeatured(tx, slug, keys);
    for (const [slug, keys] of Object.entries(removedComments)) await removeComments(tx, slug, keys);
    await addAccounts(tx, password);
    return true;
  });
}

/**
 * Removes comments that have a reply, so that they become tombstones. There is no event: like the comments themselves,
 * the removals are older than the article's log.
 */
async function removeComments(tx: Tx, slug: string, keys: readonly string[]): Promise<void> {
  for (const { articleId, id, parentId, rootId } of await selectSeededComments(tx, slug, keys)) {
    if (!(await hasEverReplied(tx, { articleId, id }))) throw new Error(`${slug}: ${id} has no reply`);
    const change = { published: -1, listed: 0 };
    if (parentId !== null) await updateAncestorCounts(tx, { articleId, parentId, rootId }, change);
    await updateCommentRemoved(tx, { articleId, id });
    await updateCommentCountDown(tx, articleId);
  }
}

async function addAccounts(tx: Tx, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  for (const role of roles) {
    const name = `Demo ${role.charAt(0)}${role.slice(1).toLowerCase()}`;
    const accountRoles: Role[] = role === 'READER' ? ['READER'] : ['READER', role];
    const id = await insertAccount(tx, { email: demoEmail(role), name, passwordHash, roles: accountRoles });
    // With the byline of the open letter, the demo journalist can try a draft of her own.
    if (role === 'JOURNALIST' && id !== undefined) await updateBylineOfLetter(tx, id);
  }
}

import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { AccountEntity } from '../account/account.entity.ts';
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

const manifest = z.strictObject({
  articles: z.array(z.string()),
  removedComments: z.record(z.string(), z.array(z.string())),
  featuredEndorsements: z.record(z.string(), z.array(z.string())),
});

/** The address of the demo's account with a role. */
export const demoEmail = (role: Role): string => `${role.toLowerCase()}@example.org`;

export interface DemoOptions {
  readonly db: Database;
  readonly folder: string;
  readonly maxDepth: number;
  /** The password of all demo accounts. */
  readonly password: string;
}

/** Nodes that start at the same moment seed one after the other; the number says nothing. */
const seedLock = 7_301_944;

/**
 * Fills an empty database with fictional articles, threads, and one account of each role, all or nothing.
 * @returns false where there is something in the database already
 */
export async function seedDemo({ db, folder, maxDepth, password }: DemoOptions): Promise<boolean> {
  const read = async (name: string): Promise<unknown> =>
    JSON.parse(await readFile(join(folder, name), 'utf8'));
  const { articles, removedComments, featuredEndorsements } = manifest.parse(await read('manifest.json'));
  const documents = await Promise.all(articles.map(async (name) => importDocument.parse(await read(name))));
  return db.transaction(async (tx) => {
    await tx.query('SELECT pg_advisory_xact_lock($1)', [seedLock]);
    const [state] = await tx.query<{ empty: boolean }>(
      'SELECT NOT EXISTS (SELECT FROM account) AND NOT EXISTS (SELECT FROM article) AS empty',
    );
    if (!state?.empty) return false;
    for (const document of documents) await importArticle(tx, document, { maxDepth });
    for (const [slug, keys] of Object.entries(featuredEndorsements))
      await featureEndorsements(tx, slug, keys);
    for (const [slug, keys] of Object.entries(removedComments)) await removeComments(tx, slug, keys);
    await addAccounts(tx, password);
    return true;
  });
}

async function featureEndorsements(tx: Tx, slug: string, keys: readonly string[]): Promise<void> {
  await tx.query(
    `UPDATE endorsement SET featured = true
     WHERE article_id = (SELECT id FROM article WHERE slug = $1) AND import_key = ANY($2)`,
    [slug, keys],
  );
}

/** Leaves tombstones. No event tells of it: like the comments themselves it is older than the article's log. */
async function removeComments(tx: Tx, slug: string, keys: readonly string[]): Promise<void> {
  const rows = await tx.query<{ articleId: string; id: string; parentId: string | null; rootId: string }>(
    `SELECT c.article_id::text AS "articleId", c.id::text AS id, c.parent_id::text AS "parentId",
       c.root_id::text AS "rootId"
     FROM comment c JOIN article a ON a.id = c.article_id WHERE a.slug = $1 AND c.import_key = ANY($2)`,
    [slug, keys],
  );
  for (const { articleId, id, parentId, rootId } of rows) {
    if (!(await hasEverReplied(tx, { articleId, id }))) throw new Error(`${slug}: ${id} has no reply`);
    const change = { published: -1, listed: 0 };
    if (parentId !== null) await updateAncestorCounts(tx, { articleId, parentId, rootId }, change);
    await updateCommentRemoved(tx, { articleId, id });
    await tx.query('UPDATE article_counter SET comment_count = comment_count - 1 WHERE article_id = $1', [
      articleId,
    ]);
  }
}

async function addAccounts(tx: Tx, password: string): Promise<void> {
  const passwordHash = await hashPassword(password);
  for (const role of roles) {
    const name = `Demo ${role.charAt(0)}${role.slice(1).toLowerCase()}`;
    const accountRoles: Role[] = role === 'READER' ? ['READER'] : ['READER', role];
    const { identifiers } = await tx.manager.insert(AccountEntity, {
      email: demoEmail(role),
      name,
      passwordHash,
      roles: accountRoles,
    });
    if (role === 'JOURNALIST') {
      // The journalist of the open letter, so that a draft of hers could be tried.
      await tx.query(
        `UPDATE journalist SET account_id = $1 WHERE id = (
             SELECT journalist_id FROM article JOIN signature ON article_id = article.id ORDER BY article.id LIMIT 1)`,
        [String(identifiers[0]?.id)],
      );
    }
  }
}

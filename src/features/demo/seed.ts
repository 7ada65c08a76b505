import { setTimeout as sleep } from 'node:timers/promises';
import { insertAccount } from '../people/account/account.queries.ts';
import { hashPassword } from '../../platform/auth/password.ts';
import { type Role, roles } from '../../platform/auth/viewer.ts';
import {
  hasEverReplied,
  updateAncestorCounts,
  updateCommentsRemoved,
} from '../comments/writing/comment-write.queries.ts';
import { changeReaction, type ReactionKind } from '../comments/reactions/reaction.queries.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import { importArticle } from '../import/import.service.ts';
import { type Person, type Reactions, readDemo } from './demo-data.ts';
import { addModeration } from './seed-moderation.ts';
import {
  isDatabaseEmpty,
  selectSeededComments,
  tryLockSeeding,
  updateAuthors,
  updateByline,
  updateCommentCountDown,
  updateFeatured,
} from './seed.queries.ts';

/** How often a node looks whether another one has seeded, in milliseconds. */
const lockRetryMs = 100;

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
 * Fills an empty database with fictional articles, threads, the accounts of the people in them, and one account for each
 * role, in one transaction. Campaigns follow once the service listens (`DemoCampaigns`).
 * @returns false if the database already has an account or an article
 */
export async function seedDemo({ db, folder, maxDepth, password }: DemoOptions): Promise<boolean> {
  const demo = await readDemo(folder);
  const passwordHash = await hashPassword(password);
  /** @returns undefined if another node seeds */
  const trySeeding = async (tx: Tx): Promise<boolean | undefined> => {
    if (!(await tryLockSeeding(tx))) return undefined;
    if (!(await isDatabaseEmpty(tx))) return false;
    for (const document of demo.documents) await importArticle(tx, document, { maxDepth });
    for (const [slug, keys] of Object.entries(demo.featuredEndorsements))
      await updateFeatured(tx, slug, keys);
    for (const [slug, keys] of Object.entries(demo.removedComments)) await removeComments(tx, slug, keys);
    const readers = await addPeople(tx, demo.people, passwordHash);
    await addReactions(tx, demo.reactions, readers);
    await addModeration(tx, demo.moderation);
    return true;
  };
  for (;;) {
    // Another node may seed for longer than a statement may wait for a lock.
    const isSeeded = await db.transaction(trySeeding);
    if (isSeeded !== undefined) return isSeeded;
    await sleep(lockRetryMs);
  }
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
    await updateCommentsRemoved(tx, articleId, [id]);
    await updateCommentCountDown(tx, articleId);
  }
}

/** An account that reacts to comments. */
interface Reader {
  readonly id: string;
  readonly name: string;
}

/**
 * Adds the accounts, and gives them the bylines and comments that bear their names.
 * @returns those without a byline
 */
async function addPeople(tx: Tx, people: readonly Person[], passwordHash: string): Promise<Reader[]> {
  const readers: Reader[] = [];
  const ids: string[] = [];
  const add = async (email: string, name: string, role: Role): Promise<string> => {
    const accountRoles: Role[] = role === 'READER' ? ['READER'] : ['READER', role];
    const id = await insertAccount(tx, {
      email,
      name,
      passwordHash,
      roles: accountRoles,
      verifiedAt: new Date(),
    });
    if (id === undefined) throw new Error(`Two people of the demo have the address ${email}`);
    return id;
  };
  for (const role of roles) {
    const email = demoEmail(role);
    if (people.some((person) => person.email === email)) continue;
    await add(email, `Demo ${role.charAt(0)}${role.slice(1).toLowerCase()}`, role);
  }
  for (const { email, name, byline } of people) {
    const id = await add(email, name, byline === undefined ? 'READER' : 'JOURNALIST');
    ids.push(id);
    if (byline === undefined) readers.push({ id, name });
    else await updateByline(tx, byline, id);
  }
  await updateAuthors(tx, ids);
  return readers;
}

/**
 * Adds reactions, without events: like the comments themselves, they are older than the article's log. Who reacts goes
 * round, and nobody reacts to a comment of their own.
 */
async function addReactions(tx: Tx, reactions: Reactions, readers: readonly Reader[]): Promise<void> {
  let turn = 0;
  for (const [slug, byComment] of Object.entries(reactions)) {
    for (const { articleId, id, importKey, accountId } of await selectSeededComments(
      tx,
      slug,
      Object.keys(byComment),
    )) {
      const others = readers.filter((reader) => reader.id !== accountId);
      for (const [kind, count] of Object.entries(byComment[importKey] ?? {})) {
        for (let index = 0; index < count; index++, turn++) {
          const reader = others[turn % others.length];
          if (!reader || count > others.length)
            throw new Error(`${slug}: ${importKey} has too many reactions`);
          await changeReaction(tx, 'add', {
            articleId,
            id,
            accountId: reader.id,
            kind: kind as ReactionKind,
          });
        }
      }
    }
  }
}

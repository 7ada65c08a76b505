import type { Tx } from '../../platform/db/database.ts';
import type { StoredAuthor } from './author-import.queries.ts';
import { lockComments, selectAllComments } from './comment-import.queries.ts';
import { type CommentPlan, planComments, type PresentComment } from './comment-plan.ts';
import { ImportRefusal } from './faults.ts';
import type { ThreadInput } from './thread-input.ts';

/*
 * Threads of several articles are planned and written together: each statement takes a thousand comments, of whichever articles.
 */

/** Receives the progress while a long thread is written. */
export type Progress = (done: number, total: number) => void;

type Authors = ReadonlyMap<string, StoredAuthor>;

/** The comments to import for one article. */
export interface ArticleThread {
  readonly articleId: string;
  readonly thread: ThreadInput;
}

/** A thread, and the changes that it makes to its article. */
export interface PlannedThread extends ArticleThread {
  readonly plan: CommentPlan;
}

/** @throws ImportRefusal */
export function requirePlan(
  { comments }: Pick<ThreadInput, 'comments'>,
  present: readonly PresentComment[],
  authors: Authors,
): CommentPlan {
  const plan = planComments(comments, present, authors);
  if ('faults' in plan) throw new ImportRefusal(plan.faults);
  return plan;
}

/** Ids of the existing comments that a plan affects: those that it changes, and those that get replies. */
function touchedBy(plan: CommentPlan): string[] {
  const changed = [...plan.edited, ...plan.renamed, ...plan.liked].map(({ present }) => present);
  return [...new Set([...parentsOf(plan.added), ...[...changed, ...plan.removed].map(({ id }) => id)])];
}

/** Ids of the existing comments that get replies. */
export const parentsOf = (added: CommentPlan['added']): string[] => [
  ...new Set(added.flatMap(({ parent }) => (parent && 'id' in parent ? [parent.id] : []))),
];

const isSame = (now: PresentComment, before: PresentComment): boolean =>
  now.status === before.status &&
  now.listed === before.listed &&
  now.accountId === before.accountId &&
  now.bodyDigest === before.bodyDigest;

/**
 * Plans the threads of articles that were made in this transaction: nothing is there yet, and nobody else sees them.
 * @throws ImportRefusal
 */
export const planNewThreads = (
  threads: readonly ArticleThread[],
  authors: Authors,
): readonly PlannedThread[] =>
  threads.map((each) => ({ ...each, plan: requirePlan(each.thread, [], authors) }));

/**
 * Plans the changes of threads and locks the affected comments. Readers can remove comments until these are locked, so
 * a plan is made again if the locked state differs. The new plan affects no other comments, because comments that the
 * first plan left alone as removed are left alone again.
 * @throws ImportRefusal
 */
export async function planThreads(
  tx: Tx,
  threads: readonly ArticleThread[],
  { authors, progress }: { readonly authors: Authors; readonly progress: Progress },
): Promise<readonly PlannedThread[]> {
  const total = threads.reduce((sum, { thread }) => sum + thread.comments.length, 0);
  const articleIds = threads.map(({ articleId }) => articleId);
  const present = await selectAllComments(tx, articleIds, () => progress(0, total));
  const presentOf = (articleId: string) => present.get(articleId) ?? [];
  const planned = threads.map(({ articleId, thread }) => ({
    articleId,
    thread,
    plan: requirePlan(thread, presentOf(articleId), authors),
  }));
  const touched = planned.flatMap(({ articleId, plan }) => touchedBy(plan).map((id) => ({ articleId, id })));
  if (touched.length === 0) return planned;
  const locked = new Map((await lockComments(tx, touched)).map((row) => [row.id, row]));
  return planned.map(({ articleId, thread, plan }) => {
    const before = presentOf(articleId);
    const now = before.map((row) => locked.get(row.id) ?? row);
    const stands = before.every((row, index) => isSame(now[index] ?? row, row));
    return { articleId, thread, plan: stands ? plan : requirePlan(thread, now, authors) };
  });
}

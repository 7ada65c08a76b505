import { lockArticle } from '../articles/article/article.queries.ts';
import type { Viewer } from '../../platform/auth/viewer.ts';
import { renderComment } from '../comments/writing/comment-render.ts';
import {
  insertComment,
  lockParent,
  type NewComment,
  updateCommentsRemoved,
} from '../comments/writing/comment-write.queries.ts';
import { heldEvent } from '../comments/held/held-text.ts';
import type { Tx } from '../../platform/db/database.ts';
import { nextId } from '../../platform/idempotency/idempotency.queries.ts';
import { insertNotifications } from '../notifications/inbox/inbox.queries.ts';
import { insertAppeal } from '../moderation/appeals/appeal.queries.ts';
import { insertReport } from '../moderation/reports/report.queries.ts';
import { insertDecision } from '../../platform/screening/moderation-decision.queries.ts';
import {
  actorOf,
  appendUnannounced,
  type NewModerationEvent,
} from '../../platform/screening/moderation-log.ts';
import { insertHold } from '../screening/comment-hold.queries.ts';
import { ScreeningMemory } from '../screening/screening-memory.ts';
import { Screening } from '../screening/screening.ts';
import { lockScreenedArticle } from '../screening/screened-article.queries.ts';
import { raiseSettingsRevision, updateArticleScreening } from '../screening/settings-write.queries.ts';
import { insertWords } from '../screening/word.queries.ts';
import { actAs } from './demo-campaigns.queries.ts';
import type { ModerationPlan } from './demo-data.ts';
import { type SeededComment, selectArticleOfDemo, selectSeededComments } from './seed.queries.ts';

/** Longest text of a comment of the demo. */
const maxLength = 10_000;

/**
 * Gives the moderators of the demo something to do, in the transaction that makes the demo: comments that the phases hold, by
 * settings of the demo's own, reports, and decisions with an appeal. Removed comments have no events: as others of the demo, they
 * are older than the articles' logs.
 */
export async function addModeration(tx: Tx, plan: ModerationPlan): Promise<void> {
  await set(tx, plan);
  const told = [
    ...(await addWaiting(tx, plan)),
    ...(await addReports(tx, plan)),
    ...(await addRemoved(tx, plan)),
  ];
  await appendUnannounced(tx, told);
}

/** The words, and the settings of single articles: what a newcomer writes elsewhere is public at once. */
async function set(tx: Tx, { words, articles }: ModerationPlan): Promise<void> {
  const administrator = await personOf(tx, 'administrator@example.org');
  const entries = words.map((text) => {
    return { text, folded: text, mode: 'EXACT', action: 'HOLD', language: null } as const;
  });
  await insertWords(tx, entries, administrator.accountId);
  await raiseSettingsRevision(tx);
  for (const [slug, { maxLinks = null, firstComments = null }] of Object.entries(articles))
    await updateArticleScreening(tx, await articleOf(tx, slug), {
      slowModeSeconds: null,
      maxLinks,
      firstComments,
    });
}

/** Adds comments that wait: the phases themselves find why. */
async function addWaiting(tx: Tx, { waiting }: ModerationPlan): Promise<NewModerationEvent[]> {
  const screening = new Screening(new ScreeningMemory());
  const told: NewModerationEvent[] = [];
  for (const { article: slug, parent, email, phase, body } of waiting) {
    const viewer = await personOf(tx, email);
    const comment = await newComment(tx, { slug, viewer, body, parent, status: 'PENDING' });
    const { articleId, id: commentId, accountId } = comment;
    const facts = await lockScreenedArticle(tx, articleId);
    if (!facts) throw new Error(`The demo has no article ${slug}`);
    const candidate = { ...comment, viewer, commentId: undefined, article: facts, facts };
    const verdict = await screening.screen(tx, candidate);
    if (verdict.kind !== 'hold' || verdict.phase !== phase)
      throw new Error(`${slug}: the comment by ${email} does not wait because of ${phase}`);
    const text = { articleId, commentId, revision: 1 };
    await insertComment(tx, comment);
    await insertHold(tx, text, verdict);
    told.push(heldEvent(text, accountId, phase));
  }
  return told;
}

async function addReports(tx: Tx, { reports }: ModerationPlan): Promise<NewModerationEvent[]> {
  const told: NewModerationEvent[] = [];
  for (const { article: slug, comment: key, email, reason, note = null } of reports) {
    const reporter = await personOf(tx, email);
    const { articleId, id, accountId: subjectId } = await commentOf(tx, slug, key);
    const report = { accountId: reporter.accountId, subjectId, revision: 1, reason, note };
    await insertReport(tx, { articleId, id }, report);
    const about = { articleId, commentId: id, revision: 1, subjectId };
    told.push({ kind: 'REPORTED', actor: actorOf(reporter), ...about, reason });
  }
  return told;
}

/** Adds comments that moderators have removed, with their reasons and their authors' appeals. */
async function addRemoved(tx: Tx, { removed }: ModerationPlan): Promise<NewModerationEvent[]> {
  const told: NewModerationEvent[] = [];
  for (const { article: slug, email, by, reason, note, body, appeal } of removed) {
    const [author, moderator] = [await personOf(tx, email), await personOf(tx, by)];
    const comment = await newComment(tx, {
      slug,
      viewer: author,
      body,
      parent: undefined,
      status: 'PUBLISHED',
    });
    const { articleId, id, accountId: subjectId } = comment;
    await insertComment(tx, comment);
    const about = { articleId, commentId: id, revision: 1, subjectId };
    const actor = actorOf(moderator);
    const before = { status: 'PUBLISHED', held: null };
    const decisionId = await insertDecision(tx, { kind: 'REMOVED', actor, ...about, reason, note, before });
    await updateCommentsRemoved(tx, articleId, [id]);
    await insertNotifications(tx, [
      { accountId: subjectId, kind: 'COMMENT_REMOVED', articleId, subjectId: id },
    ]);
    told.push({ kind: 'DECIDED', actor, ...about, decisionId, reason, detail: { decision: 'REMOVED' } });
    if (appeal === undefined) continue;
    await insertAppeal(tx, { decisionId, accountId: subjectId, text: appeal });
    told.push({ kind: 'APPEALED', actor: actorOf(author), ...about, decisionId });
  }
  return told;
}

interface Given {
  readonly slug: string;
  readonly viewer: Viewer;
  readonly body: string;
  readonly parent: string | undefined;
  readonly status: NewComment['status'];
}

/** A comment that is ready to be stored. */
async function newComment(tx: Tx, { slug, viewer, body, parent, status }: Given): Promise<NewComment> {
  const articleId = await articleOf(tx, slug);
  await lockArticle(tx, articleId);
  const place = parent === undefined ? undefined : await commentOf(tx, slug, parent);
  return {
    articleId,
    id: await nextId(tx, 'comment_id_seq'),
    parent: place && (await lockParent(tx, articleId, place.id)),
    accountId: viewer.accountId,
    status,
    idempotencyKey: undefined,
    ...(await renderComment(body, { maxLength })),
  };
}

async function personOf(tx: Tx, email: string): Promise<Viewer> {
  const person = await actAs(tx, email);
  if (!person) throw new Error(`The demo has no account ${email}`);
  return person;
}

async function articleOf(tx: Tx, slug: string): Promise<string> {
  const articleId = await selectArticleOfDemo(tx, slug);
  if (articleId === undefined) throw new Error(`The demo has no article ${slug}`);
  return articleId;
}

async function commentOf(tx: Tx, slug: string, key: string): Promise<SeededComment> {
  const [comment] = await selectSeededComments(tx, slug, [key]);
  if (!comment) throw new Error(`${slug}: the demo has no comment ${key}`);
  return comment;
}

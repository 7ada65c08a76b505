import { closeReports, type ReportVerdict } from '../../src/platform/screening/comment-report.queries.ts';
import type { TestApp, TestUser } from './app.ts';
import { done, keyOf } from './comments.ts';

/** Both keys in a comment's global id. */
export function commentKeyOf(globalId: string): { articleId: string; id: string } {
  const [, articleId = '', id = ''] = Buffer.from(globalId, 'base64url').toString().split(':');
  return { articleId, id };
}

/** Reports a comment, which must succeed. @returns the payload */
export const report = (
  app: TestApp,
  user: TestUser,
  commentId: string,
  more: Record<string, unknown> = {},
): Promise<{ comment: any; userErrors: unknown[] }> =>
  done(app, 'reportComment', { commentId, reason: 'SPAM', ...more }, user);

/** What is stored of a comment's reports and its place in the queue. */
export async function reportsOf(
  app: TestApp,
  commentId: string,
): Promise<{
  readonly status: string;
  readonly item: { held: string | null; reports: number } | null;
  readonly hold: { phase: string; rule: string } | null;
  readonly states: readonly string[];
}> {
  const { articleId, id } = commentKeyOf(commentId);
  const [row] = await app.app.db.query<{ status: string; item: any; hold: any; states: string[] }>(
    `SELECT c.status,
       (SELECT jsonb_build_object('held', held, 'reports', reports) FROM moderation_item i
         WHERE i.article_id = c.article_id AND i.comment_id = c.id) AS item,
       (SELECT jsonb_build_object('phase', phase, 'rule', rule) FROM comment_hold h
         WHERE h.article_id = c.article_id AND h.comment_id = c.id AND h.revision = c.revision) AS hold,
       ARRAY(SELECT state FROM comment_report r WHERE r.article_id = c.article_id AND r.comment_id = c.id ORDER BY id) AS states
     FROM comment c WHERE c.article_id = $1 AND c.id = $2`,
    [articleId, id],
  );
  if (!row) throw new Error(`There is no comment ${keyOf(commentId)}`);
  return row;
}

/** The log of moderation about a comment. */
export function moderationLogOf(
  app: TestApp,
  commentId: string,
): Promise<
  {
    kind: string;
    actorKind: string;
    actorId: string | null;
    subjectId: string | null;
    reason: string | null;
    detail: unknown;
  }[]
> {
  const { articleId, id } = commentKeyOf(commentId);
  return app.app.db.query(
    `SELECT kind, actor_kind AS "actorKind", actor_id::text AS "actorId", subject_id::text AS "subjectId", reason, detail
     FROM moderation_event WHERE article_id = $1 AND comment_id = $2 ORDER BY sequence`,
    [articleId, id],
  );
}

/** Closes a comment's open reports, as a moderator's decision does. */
export function close(app: TestApp, commentId: string, verdict: ReportVerdict): Promise<number> {
  const { articleId, id } = commentKeyOf(commentId);
  return app.app.db.transaction((tx) => closeReports(tx, articleId, [id], verdict));
}

/** Stores a decision of a person about a revision of a comment. */
export async function decide(
  app: TestApp,
  commentId: string,
  { kind, revision }: { readonly kind: string; readonly revision: number },
): Promise<string> {
  const { articleId, id } = commentKeyOf(commentId);
  const [row] = await app.app.db.query<{ id: string }>(
    `INSERT INTO moderation_decision (kind, actor_kind, article_id, comment_id, revision)
     VALUES ($1, 'PERSON', $2, $3, $4) RETURNING id::text AS id`,
    [kind, articleId, id, revision],
  );
  return row?.id ?? '';
}

import type { TestApp } from './app.ts';

/** A state of an article that a test sets in the database, because no mutation can. Times in PostgreSQL's formats. */
export interface ArticleState {
  readonly status?: 'DRAFT' | 'PUBLISHED' | 'UNPUBLISHED';
  readonly publishedAt?: string;
  readonly createdAt?: string;
  readonly updatedAt?: string;
  readonly lastEventAt?: string;
  readonly commentCount?: number;
  readonly endorsementCount?: number;
}

/** Sets an article's state; a draft loses its time of publication. */
export async function setArticle(app: TestApp, articleId: string, state: ArticleState): Promise<void> {
  const { status = 'PUBLISHED' } = state;
  await app.app.db.query(
    `UPDATE article SET status = $2, created_at = coalesce($4, created_at), updated_at = coalesce($5, updated_at),
       published_at = CASE WHEN $2 = 'DRAFT' THEN NULL ELSE coalesce($3, published_at) END,
       published_precision = CASE WHEN $2 = 'DRAFT' THEN NULL ELSE 'INSTANT' END
     WHERE id = $1`,
    [articleId, status, state.publishedAt, state.createdAt, state.updatedAt],
  );
  await app.app.db.query(
    `UPDATE article_counter SET last_event_at = coalesce($2, last_event_at),
       comment_count = coalesce($3, comment_count), endorsement_count = coalesce($4, endorsement_count)
     WHERE article_id = $1`,
    [articleId, state.lastEventAt, state.commentCount, state.endorsementCount],
  );
}

/** Assigns a byline to an account. */
export async function giveByline(app: TestApp, slug: string, accountId: string): Promise<void> {
  await app.app.db.query('UPDATE journalist SET account_id = $2 WHERE slug = $1', [slug, accountId]);
}

/** The global id of a type and its keys. */
export const globalId = (typeName: string, ...keys: readonly string[]): string =>
  Buffer.from([typeName, ...keys].join(':')).toString('base64url');

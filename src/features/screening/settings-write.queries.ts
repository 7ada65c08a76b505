import type { Queryable, Tx } from '../../platform/db/database.ts';
import type { ArticleScreening, ScreeningSettings } from './screening-settings.ts';
import { selectSettings, type SettingsRow } from './screening.queries.ts';

/** Locks the site's settings, and with them the list of words, against every other change. Comments do not wait. */
export const lockSettings = (tx: Tx): Promise<SettingsRow> => selectSettings(tx, ' FOR NO KEY UPDATE');

/** Writes all settings, under a new revision. */
export async function updateSettings(tx: Tx, settings: ScreeningSettings): Promise<void> {
  await tx.query(
    `UPDATE screening_settings SET revision = revision + 1, is_premoderated = $1, first_comments = $2, max_links = $3,
       held_hosts = $4, allowed_hosts = $5, holds_repeated_text = $6, slow_mode_seconds = $7, reports_to_hold = $8,
       claim_seconds = $9, asks_hook = $10, hook_deadline_seconds = $11, hook_deadline_action = $12`,
    [
      settings.isPremoderated,
      settings.firstComments,
      settings.maxLinks,
      settings.heldHosts,
      settings.allowedHosts,
      settings.holdsRepeatedText,
      settings.slowModeSeconds,
      settings.reportsToHold,
      settings.claimSeconds,
      settings.asksHook,
      settings.hookDeadlineSeconds,
      settings.hookDeadlineAction,
    ],
  );
}

/** Says that the words have changed. */
export async function raiseSettingsRevision(tx: Tx): Promise<void> {
  await tx.query('UPDATE screening_settings SET revision = revision + 1');
}

/** An article's own settings. */
export interface ArticleScreeningRow extends ArticleScreening {
  readonly articleId: string;
}

export function selectArticleScreening(
  db: Queryable,
  articleIds: readonly string[],
): Promise<ArticleScreeningRow[]> {
  return db.query<ArticleScreeningRow>(
    `SELECT id::text AS "articleId", slow_mode_seconds AS "slowModeSeconds", max_links AS "maxLinks",
       first_comments AS "firstComments"
     FROM article WHERE id = ANY((SELECT $1::bigint[])::bigint[])`,
    [articleIds],
  );
}

export async function updateArticleScreening(
  tx: Tx,
  articleId: string,
  { slowModeSeconds, maxLinks, firstComments }: ArticleScreening,
): Promise<void> {
  await tx.query(
    'UPDATE article SET slow_mode_seconds = $2, max_links = $3, first_comments = $4 WHERE id = $1',
    [articleId, slowModeSeconds, maxLinks, firstComments],
  );
}

import type { Queryable, Tx } from '../../platform/db/database.ts';
import type { PruneStep } from '../../platform/db/pruning.ts';
import type { ScreeningSettings } from './screening-settings.ts';
import type { WordEntry } from './word-list.ts';

/** The site's settings with their revision. */
export interface SettingsRow extends ScreeningSettings {
  readonly revision: number;
}

/** SQL for a `SettingsRow`, from `screening_settings`. */
const settingsColumns = `revision, is_premoderated AS "isPremoderated", first_comments AS "firstComments",
  max_links AS "maxLinks", held_hosts AS "heldHosts", allowed_hosts AS "allowedHosts",
  holds_repeated_text AS "holdsRepeatedText", slow_mode_seconds AS "slowModeSeconds",
  reports_to_hold AS "reportsToHold", claim_seconds AS "claimSeconds", asks_hook AS "asksHook",
  hook_deadline_seconds AS "hookDeadlineSeconds", hook_deadline_action AS "hookDeadlineAction"`;

export async function selectSettings(db: Queryable, lock = ''): Promise<SettingsRow> {
  const [row] = await db.query<SettingsRow>(`SELECT ${settingsColumns} FROM screening_settings${lock}`);
  if (!row) throw new Error('There are no settings of screening');
  return row;
}

/** All words, for the memory of a node. */
export function selectAllWords(db: Queryable): Promise<WordEntry[]> {
  return db.query<WordEntry>(
    `SELECT text, mode, action, nullif(language, '') AS language FROM screened_word ORDER BY id`,
  );
}

/** Most texts of an account that a new one is compared with. */
const mostEarlierTexts = 50;

/** What an author has written before. */
interface AuthorFacts {
  /** Texts of the last day, newest first, about as long as the new one. */
  readonly earlierTexts: readonly string[];
  /** Number of public comments, counted up to the number that was asked for. */
  readonly publicComments: number;
}

/** What is asked about an author; what no setting needs is not read. */
interface AuthorQuestion {
  readonly accountId: string;
  /** The length of the new text in characters; undefined: earlier texts are not needed. */
  readonly textLength: number | undefined;
  /** The comment whose text is replaced, which is no earlier text. */
  readonly commentId: string | undefined;
  /** How far public comments are counted; 0: they are not needed. */
  readonly countUpTo: number;
}

/** "rpt" in ASCII: the class of the advisory locks of authors whose texts are compared. */
const repeatedTextLock = 0x727074;

/** Makes transactions that compare a text of an account with its earlier ones run one after the other, whatever the article. */
export async function lockRepeatedTexts(tx: Tx, accountId: string): Promise<void> {
  await tx.query('SELECT pg_advisory_xact_lock($1, hashtext($2))', [repeatedTextLock, accountId]);
}

/** Folding changes the length of a text by little: other lengths are other texts, and are not read. */
export async function selectAuthorFacts(tx: Tx, question: AuthorQuestion): Promise<AuthorFacts> {
  const { accountId, textLength, commentId, countUpTo } = question;
  const [row] = await tx.query<AuthorFacts>(
    `SELECT CASE WHEN $2::int IS NULL THEN '{}'::text[] ELSE ARRAY(
       SELECT r.body_text FROM (
         SELECT id, body_text, created_at FROM comment WHERE account_id = $1 ORDER BY ordinal DESC, id DESC
         LIMIT ${mostEarlierTexts}
       ) r
       WHERE r.created_at > clock_timestamp() - interval '1 day' AND r.id IS DISTINCT FROM $3::bigint
         AND char_length(r.body_text) BETWEEN $2::int / 2 - 10 AND $2::int * 2 + 10
     ) END AS "earlierTexts",
     (SELECT count(*)::int FROM (
       SELECT FROM comment WHERE account_id = $1 AND status = 'PUBLISHED' ORDER BY ordinal, id LIMIT $4
     ) p) AS "publicComments"`,
    [accountId, textLength ?? null, commentId ?? null, countUpTo],
  );
  return row ?? { earlierTexts: [], publicComments: 0 };
}

/**
 * Takes an account's turn in the slow mode of an article. Of several transactions at once, the later ones wait for the first, and
 * are refused if it commits.
 * @returns undefined if the turn is taken; otherwise the time from which on one can be taken
 */
export async function takeSlowModeTurn(
  tx: Tx,
  { articleId, accountId, seconds }: { articleId: string; accountId: string; seconds: number },
): Promise<Date | undefined> {
  const taken = await tx.query(
    `INSERT INTO slow_mode_turn AS t (article_id, account_id, taken_at) VALUES ($1, $2, clock_timestamp())
     ON CONFLICT (article_id, account_id) DO UPDATE SET taken_at = clock_timestamp()
     WHERE t.taken_at <= clock_timestamp() - make_interval(secs => $3)
     RETURNING 1`,
    [articleId, accountId, seconds],
  );
  if (taken.length > 0) return undefined;
  const [row] = await tx.query<{ freeAt: Date }>(
    `SELECT taken_at + make_interval(secs => $3) AS "freeAt" FROM slow_mode_turn
     WHERE article_id = $1 AND account_id = $2`,
    [articleId, accountId, seconds],
  );
  if (!row) throw new Error('A turn of slow mode vanished');
  return row.freeAt;
}

const turnsPerStep = 500;

/** Removes turns that no slow mode can ask for any more: the longest one is a day. */
export async function pruneSlowModeTurns(tx: Tx, at: Date): Promise<PruneStep> {
  const turns = await tx.query(
    `DELETE FROM slow_mode_turn WHERE (article_id, account_id) IN (
       SELECT article_id, account_id FROM slow_mode_turn WHERE taken_at < $1::timestamptz - interval '1 day'
       ORDER BY taken_at LIMIT $2 FOR UPDATE SKIP LOCKED)
     RETURNING 1`,
    [at, turnsPerStep],
  );
  return { removed: { slow_mode_turn: turns.length }, more: turns.length === turnsPerStep };
}

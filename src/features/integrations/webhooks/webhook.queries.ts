import { suspendedSql } from '../../people/account/sanction.queries.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';
import { maxListedAttempts, type WebhookLog, type WebhookStatus } from './webhook.policy.ts';

/** An endpoint as it is listed. */
export interface WebhookRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly document: string;
  readonly accountId: string;
  /** The machine token that has made it; null: a person has, or keeps it. */
  readonly tokenId: string | null;
  readonly log: WebhookLog;
  readonly articleId: string | null;
  /** Of the log. */
  readonly kinds: readonly string[] | null;
  readonly status: WebhookStatus;
  readonly epoch: string;
  readonly sequence: string;
  readonly failures: number;
  readonly failingSince: Date | null;
  readonly pausedUntil: Date | null;
  readonly oldSecretUntil: Date | null;
  readonly createdAt: Date;
  readonly pending: number;
}

const columns = `w.id::text AS id, w.name, w.url, w.document, w.account_id::text AS "accountId", w.token_id::text AS "tokenId", w.article_id::text AS "articleId",
  w.log, w.event_kinds AS kinds, w.status, w.epoch, w.sequence::text AS sequence, w.failures, w.failing_since AS "failingSince",
  w.paused_until AS "pausedUntil", w.old_secret_until AS "oldSecretUntil", w.created_at AS "createdAt"`;

/** Most deliveries that are counted. */
const maxCounted = 10_000;

const pending = `(SELECT count(*)::int FROM (
    SELECT FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.status = 'PENDING' LIMIT ${maxCounted}
  ) waiting)`;

export function selectAllWebhooks(db: Queryable): Promise<WebhookRow[]> {
  return db.query<WebhookRow>(`SELECT ${columns}, ${pending} AS pending FROM webhook w ORDER BY w.id`);
}

export function selectWebhooks(db: Queryable, ids: readonly string[]): Promise<WebhookRow[]> {
  return db.query<WebhookRow>(
    `SELECT ${columns}, ${pending} AS pending FROM webhook w WHERE w.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

/** The number of endpoints; none is made by another transaction until this one ends. */
export async function lockWebhooks(tx: Tx): Promise<number> {
  await tx.query('LOCK TABLE webhook IN SHARE ROW EXCLUSIVE MODE');
  const [row] = await tx.query<{ count: number }>('SELECT count(*)::int AS count FROM webhook');
  return row?.count ?? 0;
}

export interface NewWebhookRow {
  readonly id: string;
  readonly name: string;
  readonly url: string;
  readonly document: string;
  readonly accountId: string;
  readonly tokenId: string | null;
  readonly log: WebhookLog;
  readonly articleId: string | null;
  readonly kinds: readonly string[] | null;
  readonly secret: string;
}

/** Adds an endpoint that begins behind the newest event of its log. */
export async function insertWebhook(tx: Tx, row: NewWebhookRow): Promise<void> {
  await tx.query(
    `INSERT INTO webhook (id, name, url, document, account_id, article_id, event_kinds, secret, log, token_id, sequence, epoch)
     OVERRIDING SYSTEM VALUE
     SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
       CASE $9::text WHEN 'MODERATION' THEN m.sequence ELSE s.sequence END, l.epoch
     FROM site_log s, moderation_log m, event_log l`,
    [
      ...[row.id, row.name, row.url, row.document, row.accountId, row.articleId, row.kinds],
      ...[row.secret, row.log, row.tokenId],
    ],
  );
}

/** Locks an endpoint until the transaction ends. @returns undefined: there is none */
export async function lockWebhook(tx: Tx, id: string): Promise<WebhookRow | undefined> {
  const [row] = await tx.query<WebhookRow>(
    `SELECT ${columns}, 0 AS pending FROM webhook w WHERE w.id = $1 FOR UPDATE`,
    [id],
  );
  return row;
}

export interface WebhookChange {
  readonly name: string;
  readonly url: string;
  readonly document: string;
  readonly kinds: readonly string[] | null;
  readonly status: WebhookStatus;
}

/** Changes an endpoint, which is tried again at once. */
export async function updateWebhook(tx: Tx, id: string, change: WebhookChange, now: Date): Promise<void> {
  await tx.query(
    `UPDATE webhook SET name = $2, url = $3, document = $4, event_kinds = $5, status = $6, failures = 0,
       failing_since = NULL, paused_until = NULL WHERE id = $1`,
    [id, change.name, change.url, change.document, change.kinds, change.status],
  );
  await tx.query(
    `UPDATE webhook_delivery SET next_attempt_at = least(next_attempt_at, $2) WHERE webhook_id = $1 AND is_first`,
    [id, now],
  );
}

/** Ends the secret before the present one, which signs from now on alone. */
export async function endOldSecret(tx: Tx, id: string): Promise<void> {
  await tx.query('UPDATE webhook SET old_secret = NULL, old_secret_until = NULL WHERE id = $1', [id]);
}

/** Gives an endpoint another secret; the present one signs as well for some hours. */
export async function replaceSecret(
  tx: Tx,
  id: string,
  secret: string,
  { overlapHours, now }: { readonly overlapHours: number; readonly now: Date },
): Promise<void> {
  await tx.query(
    `UPDATE webhook SET secret = $2, old_secret = secret, old_secret_until = $4::timestamptz + make_interval(hours => $3)
     WHERE id = $1`,
    [id, secret, overlapHours, now],
  );
}

export async function deleteWebhook(tx: Tx, id: string): Promise<void> {
  await tx.query('DELETE FROM webhook WHERE id = $1', [id]);
}

/** The rights of a service account; undefined: there is none with this key. */
export interface ServiceViewerRow {
  readonly accountId: string;
  readonly name: string;
  readonly roles: readonly Role[];
  readonly suspended: boolean;
}

export async function selectServiceViewer(
  db: Queryable,
  accountId: string,
): Promise<ServiceViewerRow | undefined> {
  const [row] = await db.query<ServiceViewerRow>(
    `SELECT a.id::text AS "accountId", a.name, a.roles, ${suspendedSql('a')} AS suspended
     FROM service_account s JOIN account a ON a.id = s.account_id WHERE a.id = $1`,
    [accountId],
  );
  return row;
}

/** Takes away an account's endpoints, which show events as it sees them. */
export async function deleteWebhooksOf(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM webhook WHERE account_id = $1', [accountId]);
}

export async function selectArticleExists(tx: Tx, articleId: string): Promise<boolean> {
  const rows = await tx.query('SELECT FROM article WHERE id = $1', [articleId]);
  return rows.length > 0;
}

/** What an endpoint is sent to; undefined: there is no such endpoint. */
export interface TargetRow {
  readonly webhookId: string;
  readonly log: WebhookLog;
  readonly url: string;
  readonly document: string;
  readonly accountId: string;
  readonly secret: string;
  readonly oldSecret: string | null;
  readonly oldSecretUntil: Date | null;
}

export async function selectTarget(db: Queryable, id: string): Promise<TargetRow | undefined> {
  const [row] = await db.query<TargetRow>(
    `SELECT id::text AS "webhookId", log, url, document, account_id::text AS "accountId", secret, old_secret AS "oldSecret",
       old_secret_until AS "oldSecretUntil" FROM webhook WHERE id = $1`,
    [id],
  );
  return row;
}

/** An active endpoint with deliveries that wait, and when the first of them is tried. */
export interface NextAttemptRow {
  readonly id: string;
  readonly at: Date;
}

/** When active endpoints are tried next. */
export function selectNextAttempts(db: Queryable, webhookIds: readonly string[]): Promise<NextAttemptRow[]> {
  return db.query<NextAttemptRow>(
    `SELECT w.id::text AS id, greatest(w.paused_until, n.next_attempt_at) AS at
     FROM webhook w CROSS JOIN LATERAL (
       SELECT d.next_attempt_at FROM webhook_delivery d WHERE d.webhook_id = w.id AND d.is_first
       ORDER BY d.next_attempt_at LIMIT 1
     ) n
     WHERE w.id = ANY((SELECT $1::bigint[])::bigint[]) AND w.status = 'ACTIVE'`,
    [webhookIds],
  );
}

/** One request to an endpoint. */
export interface AttemptRow {
  readonly id: string;
  readonly webhookId: string;
  readonly sequence: string | null;
  readonly begunAt: Date;
  readonly milliseconds: number;
  readonly httpStatus: number | null;
  readonly fault: string | null;
  readonly answer: string | null;
}

/** The last attempts of each endpoint, newest first. */
export function selectAttempts(db: Queryable, webhookIds: readonly string[]): Promise<AttemptRow[]> {
  return db.query<AttemptRow>(
    `SELECT t.id::text AS id, t.webhook_id::text AS "webhookId", t.sequence::text AS sequence, t.begun_at AS "begunAt",
       t.milliseconds, t.http_status AS "httpStatus", t.fault, t.answer
     FROM unnest((SELECT $1::bigint[])) AS w(id) CROSS JOIN LATERAL (
       SELECT * FROM webhook_attempt a WHERE a.webhook_id = w.id ORDER BY a.id DESC LIMIT ${maxListedAttempts}
     ) t ORDER BY t.webhook_id, t.id DESC`,
    [webhookIds],
  );
}

import { countingRoles } from '../../people/account/account.queries.ts';
import { suspendedSql } from '../../people/account/sanction.queries.ts';
import type { RightsRules } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';

/*
 * An endpoint that a machine token has made ends with the token: when it is revoked or expires, when its account is suspended or is no
 * administrator any more, and with the account. A job ends such endpoints every ten seconds (`endOutlived`), and each attempt asks
 * once more when its connection stands, so that nothing is sent in between. The foreign key takes them away with the token's row, 30
 * days later or with the account. A person may keep an endpoint: then it names no token any more.
 */

/** What the service demands of an administrator, as of every viewer. */
export type TokenRules = Pick<RightsRules, 'staffSecondFactor' | 'issuerRoles'>;

/** SQL: the token of endpoint `w`, if it still permits what it has made. Parameters: $1 now, $2 and $3 the rules. */
const holding = `SELECT FROM token t JOIN account a ON a.id = t.account_id
  WHERE t.id = w.token_id AND t.revoked_at IS NULL AND t.expires_at > $1::timestamptz AND NOT ${suspendedSql('a')}
    AND 'ADMINISTRATOR' = ANY(${countingRoles({ holder: 't', demanded: '$2::boolean', given: '$3' })})`;

const parametersOf = (now: Date, { staffSecondFactor, issuerRoles }: TokenRules): unknown[] => [
  now,
  staffSecondFactor,
  issuerRoles,
];

/** Ends the endpoints whose tokens permit them no more. */
export async function endOutlived(db: Queryable, now: Date, rules: TokenRules): Promise<void> {
  await db.query(
    `UPDATE webhook w SET status = 'ENDED'
     WHERE w.token_id IS NOT NULL AND w.status <> 'ENDED' AND NOT EXISTS (${holding})`,
    parametersOf(now, rules),
  );
}

/** Whether the token that has made an endpoint permits it no more. */
export async function selectIsOutlived(
  db: Queryable,
  webhookId: string,
  now: Date,
  rules: TokenRules,
): Promise<boolean> {
  const rows = await db.query(
    `SELECT FROM webhook w WHERE w.id = $4 AND w.token_id IS NOT NULL AND NOT EXISTS (${holding})`,
    [...parametersOf(now, rules), webhookId],
  );
  return rows.length > 0;
}

/** Keeps a token from being revoked until the transaction ends. @returns false: it was revoked, or has expired */
export async function lockLiveToken(tx: Tx, tokenId: string, now: Date): Promise<boolean> {
  const rows = await tx.query(
    'SELECT FROM token WHERE id = $1 AND revoked_at IS NULL AND expires_at > $2 FOR SHARE',
    [tokenId, now],
  );
  return rows.length === 1;
}

/** Makes an endpoint a person's: it ends with no token. */
export async function updateWebhookKept(tx: Tx, id: string): Promise<void> {
  await tx.query('UPDATE webhook SET token_id = NULL WHERE id = $1', [id]);
}

/** The token that has made an endpoint, as administrators see it. */
export interface WebhookTokenRow {
  readonly id: string;
  readonly name: string;
  readonly accountName: string;
  readonly expiresAt: Date;
  readonly revokedAt: Date | null;
}

export function selectWebhookTokens(db: Queryable, ids: readonly string[]): Promise<WebhookTokenRow[]> {
  return db.query<WebhookTokenRow>(
    `SELECT t.id::text AS id, t.name, a.name AS "accountName", t.expires_at AS "expiresAt", t.revoked_at AS "revokedAt"
     FROM token t JOIN account a ON a.id = t.account_id WHERE t.id = ANY((SELECT $1::bigint[])::bigint[])`,
    [ids],
  );
}

/** The names of the endpoints that tokens have made, oldest first. */
export function selectWebhookNames(
  db: Queryable,
  tokenIds: readonly string[],
): Promise<{ readonly tokenId: string; readonly name: string }[]> {
  return db.query(
    `SELECT token_id::text AS "tokenId", name FROM webhook
     WHERE token_id = ANY((SELECT $1::bigint[])::bigint[]) ORDER BY id`,
    [tokenIds],
  );
}

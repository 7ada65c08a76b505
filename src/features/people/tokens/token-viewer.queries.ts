import {
  countingRoles,
  lacksOwnProof,
  lacksSecondFactor,
  lockingSql,
  namedRoles,
  type RowLock,
  type RightsSql,
} from '../account/account.queries.ts';
import { premoderatedSql, suspendedSql } from '../account/sanction.queries.ts';
import type { Scope } from '../../../platform/auth/scopes.ts';
import type { RightsRules, Viewer } from '../../../platform/auth/viewer.ts';
import type { Queryable, Tx } from '../../../platform/db/database.ts';

/** The viewer of a token, with what else authentication needs to know. */
export interface TokenViewer {
  readonly viewer: Viewer;
  readonly hash: Buffer;
  readonly tokenId: string;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

interface TokenViewerRow extends Omit<Viewer, 'token' | 'sessionId'> {
  readonly tokenId: string;
  readonly hash: Buffer;
  readonly scopes: readonly Scope[];
  readonly documents: readonly string[] | null;
  readonly isService: boolean;
  readonly expiresAt: Date;
  readonly lastUsedAt: Date | null;
}

const columns = (rights: RightsSql) => `a.id::text AS "accountId", a.name, ${countingRoles(rights)} AS roles,
  ${suspendedSql('a')} AS suspended, ${premoderatedSql('a')} AS premoderated,
  ${lacksSecondFactor(rights)} AS "lacksSecondFactor", ${lacksOwnProof(rights)} AS "lacksOwnProof",
  t.id::text AS "tokenId", t.hash, t.scopes, t.documents, t.expires_at AS "expiresAt", t.last_used_at AS "lastUsedAt",
  EXISTS (SELECT FROM service_account s WHERE s.account_id = a.id) AS "isService"`;

export const sessionIdOfToken = (tokenId: string): string => `token:${tokenId}`;

function viewerFrom({
  accountId,
  name,
  roles,
  suspended,
  premoderated,
  unconfirmed,
  lacksSecondFactor: lacks,
  lacksOwnProof: lacksOwn,
  tokenId,
  scopes,
  documents,
  isService,
}: TokenViewerRow): Viewer {
  const token = {
    id: tokenId,
    scopes: new Set(scopes),
    documents: documents ? new Set(documents) : undefined,
    isService,
  };
  const withheld = { lacksSecondFactor: lacks === true, lacksOwnProof: lacksOwn === true };
  const rights = { roles, suspended, premoderated, unconfirmed, ...withheld };
  return { accountId, sessionId: sessionIdOfToken(tokenId), name, ...rights, token };
}

/** Selects the viewers of tokens that were not revoked, by hash. The caller compares the expiry with its clock. */
export async function selectTokenViewers(
  db: Queryable,
  hashes: readonly Buffer[],
  { mustConfirm, staffSecondFactor, issuerRoles }: RightsRules,
): Promise<TokenViewer[]> {
  const rights = { holder: 't', demanded: '$3::boolean', given: '$4' };
  const rows = await db.query<TokenViewerRow>(
    `SELECT ${columns(rights)}, $2 AND a.email_verified_at IS NULL AS unconfirmed
     FROM unnest((SELECT $1::text[])) AS k(hash)
     JOIN token t ON t.hash = decode(k.hash, 'hex') AND t.revoked_at IS NULL
     JOIN account a ON a.id = t.account_id`,
    [hashes.map((hash) => hash.toString('hex')), mustConfirm, staffSecondFactor, issuerRoles],
  );
  return rows.map((row) => ({ ...row, viewer: viewerFrom(row) }));
}

/** Locks the rights of tokens. @returns the viewers of those that were not revoked, by `sessionId` */
export async function lockTokenViewers(
  tx: Tx,
  ids: readonly string[],
  { mustConfirm, staffSecondFactor, issuerRoles }: RightsRules,
  lock: RowLock,
): Promise<Map<string, Viewer>> {
  const rights = { holder: 't', demanded: '$3::boolean', given: '$4' };
  const rows = await tx.query<TokenViewerRow>(
    `SELECT ${columns(rights)}, $2 AND a.email_verified_at IS NULL AS unconfirmed
     FROM token t JOIN account a ON a.id = t.account_id
     WHERE t.id = ANY((SELECT $1::bigint[])::bigint[]) AND t.revoked_at IS NULL ${lockingSql(lock, 't')}`,
    [ids, mustConfirm, staffSecondFactor, issuerRoles],
  );
  return new Map(rows.map((row) => [sessionIdOfToken(row.tokenId), viewerFrom(row)]));
}

/** The last known state of a token's viewer. */
export interface KnownTokenViewer {
  readonly tokenId: string;
  /** As `rightsOf` names them. */
  readonly rights: string;
}

/**
 * Selects the tokens whose viewer no longer matches the known rights: the current viewer, or undefined for a token that
 * was revoked or deleted. By token id; the others are left out, see `selectChangedViewers` of accounts.
 */
export async function selectChangedTokenViewers(
  db: Queryable,
  known: readonly KnownTokenViewer[],
  { mustConfirm, staffSecondFactor, issuerRoles }: RightsRules,
): Promise<Map<string, Viewer | undefined>> {
  const rights = { holder: 't', demanded: '$4::boolean', given: '$5' };
  const rows = await db.query<TokenViewerRow & { readonly known: string; readonly live: boolean }>(
    `SELECT k.token_id::text AS known, a.id IS NOT NULL AS live, ${columns(rights)},
       $3 AND a.email_verified_at IS NULL AS unconfirmed
     FROM unnest((SELECT $1::bigint[]), (SELECT $2::text[])) AS k(token_id, rights)
     LEFT JOIN token t ON t.id = k.token_id AND t.revoked_at IS NULL
     LEFT JOIN account a ON a.id = t.account_id
     WHERE a.id IS NULL
       OR k.rights <> ${namedRoles(countingRoles(rights))}
         || CASE WHEN ${suspendedSql('a')} THEN '!' ELSE '' END
         || CASE WHEN $3 AND a.email_verified_at IS NULL THEN '?' ELSE '' END`,
    [
      known.map(({ tokenId }) => tokenId),
      known.map((each) => each.rights),
      mustConfirm,
      staffSecondFactor,
      issuerRoles,
    ],
  );
  return new Map(rows.map((row) => [row.known, row.live ? viewerFrom(row) : undefined]));
}

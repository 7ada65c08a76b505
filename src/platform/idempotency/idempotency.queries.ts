import { createHash } from 'node:crypto';
import { Refusal } from '../errors/errors.ts';
import type { Tx } from '../db/database.ts';

export interface IdempotencyClaim {
  readonly accountId: string;
  readonly key: string;
  /** The operation and every input that affects the result. The same key with a different value is refused. */
  readonly input: readonly unknown[];
  /** The article that the result belongs to; undefined when the result belongs to none, or is one. */
  readonly articleId: string | undefined;
  /** The sequence that assigns the id of the result. */
  readonly idSequence:
    | 'article_id_seq'
    | 'comment_id_seq'
    | 'endorsement_id_seq'
    | 'pledge_id_seq'
    | 'payout_id_seq'
    | 'token_id_seq'
    | 'account_id_seq'
    | 'webhook_id_seq'
    | 'moderation_decision_id_seq'
    | 'person_note_id_seq';
}

export interface ClaimedResult {
  /** The id of the result, new or from the first call. */
  readonly resultId: string;
  readonly isFirst: boolean;
}

/**
 * Claims an idempotency key inside the transaction that does the work: of two calls with one key the second waits for
 * the first and then gets its result, and a call that is rolled back leaves the key free.
 * @throws Refusal IDEMPOTENCY_KEY_REUSED
 */
export async function claimIdempotencyKey(tx: Tx, claim: IdempotencyClaim): Promise<ClaimedResult> {
  const inputHash = createHash('sha256').update(JSON.stringify(claim.input)).digest();
  const [claimed] = await tx.query<{ resultId: string }>(
    `INSERT INTO idempotency_key (account_id, key, input_hash, article_id, result_id)
     SELECT $1, $2, $3, coalesce($4, id), id FROM nextval($5::regclass) AS id
     ON CONFLICT (account_id, key) DO NOTHING RETURNING result_id::text AS "resultId"`,
    [claim.accountId, claim.key, inputHash, claim.articleId ?? null, claim.idSequence],
  );
  if (claimed) return { resultId: claimed.resultId, isFirst: true };
  const [first] = await tx.query<{ resultId: string; inputHash: Buffer }>(
    `SELECT result_id::text AS "resultId", input_hash AS "inputHash"
     FROM idempotency_key WHERE account_id = $1 AND key = $2`,
    [claim.accountId, claim.key],
  );
  // The key was pruned between the two statements, so it is free again.
  if (!first) return claimIdempotencyKey(tx, claim);
  if (!inputHash.equals(first.inputHash)) throw new Refusal('IDEMPOTENCY_KEY_REUSED', ['idempotencyKey']);
  return { resultId: first.resultId, isFirst: false };
}

/** The next id of a sequence, for a call without a key. */
export async function nextId(tx: Tx, idSequence: IdempotencyClaim['idSequence']): Promise<string> {
  const [row] = await tx.query<{ id: string }>('SELECT nextval($1::regclass)::text AS id', [idSequence]);
  if (!row) throw new Error('The sequence returned no value');
  return row.id;
}

/** Frees a key that the transaction has claimed, and that has made nothing. */
export async function deleteIdempotencyKey(tx: Tx, accountId: string, key: string): Promise<void> {
  await tx.query('DELETE FROM idempotency_key WHERE account_id = $1 AND key = $2', [accountId, key]);
}

/** Deletes the idempotency keys of an account. */
export async function deleteIdempotencyKeys(tx: Tx, accountId: string): Promise<void> {
  await tx.query('DELETE FROM idempotency_key WHERE account_id = $1', [accountId]);
}

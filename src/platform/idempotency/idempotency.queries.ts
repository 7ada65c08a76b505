import { createHash } from 'node:crypto';
import type { ArticleEventKind } from '../events/event.ts';
import { Refusal } from '../errors/errors.ts';
import type { Tx } from '../db/database.ts';

/** Sequences that assign the ids of what commands with a key make. Features add theirs (`declare module`), and declare them. */
export interface IdSequences {
  /** Only for the compiler: a name that no feature uses. */
  readonly ''?: never;
}
export type IdSequence = Exclude<keyof IdSequences, ''>;

/** What keys of one sequence lead to. */
export interface KeyedObject {
  /** SQL for whether the key `i` leads to an object of its account. */
  readonly isOwned: string;
  /** The events that make such an object public, and carry its key. */
  readonly announcedBy?: ArticleEventKind;
}

export type KeyedObjects = Readonly<Partial<Record<IdSequence, KeyedObject>>>;

/** What keys of a sequence lead to if it belongs to no article, and may be gone before the key. */
export const mayBeGone = (idSequence: IdSequence): KeyedObject => ({
  isOwned: `i.article_id = i.result_id AND (SELECT is_called FROM ${idSequence})`,
});

export interface IdempotencyClaim {
  readonly accountId: string;
  readonly key: string;
  /** The operation and every input that affects the result. The same key with a different value is refused. */
  readonly input: readonly unknown[];
  /** The article that the result belongs to; undefined when the result belongs to none, or is one. */
  readonly articleId: string | undefined;
  /** The sequence that assigns the id of the result; undefined: the result has the id of the article. */
  readonly idSequence: IdSequence | undefined;
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
     SELECT $1, $2, $3, coalesce($4, id), id FROM coalesce(nextval($5::regclass), $4::bigint) AS id
     ON CONFLICT (account_id, key) DO NOTHING RETURNING result_id::text AS "resultId"`,
    [claim.accountId, claim.key, inputHash, claim.articleId ?? null, claim.idSequence ?? null],
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

/** As `claimIdempotencyKey`, for a call that may have no key: without one it is the first, and gets the next id of the sequence. */
export async function claimId(
  tx: Tx,
  { key, ...claim }: Omit<IdempotencyClaim, 'key'> & { key: string | undefined; idSequence: IdSequence },
): Promise<ClaimedResult> {
  if (key === undefined) return { resultId: await nextId(tx, claim.idSequence), isFirst: true };
  return claimIdempotencyKey(tx, { ...claim, key });
}

/** The next id of a sequence, for a call without a key. */
export async function nextId(tx: Tx, idSequence: IdSequence): Promise<string> {
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

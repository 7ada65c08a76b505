import type { Queryable, Tx } from '../../../platform/db/database.ts';
import type { PruneStep } from '../../../platform/db/pruning.ts';
import { Parameters } from '../../../platform/db/parameters.ts';
import type { ObjectType, StoredObject, StoredObjects } from './stored-objects.ts';

export async function selectObject<T extends ObjectType>(
  db: Queryable,
  type: T,
  id: string,
): Promise<StoredObjects[T] | undefined> {
  const [row] = await db.query<{ data: StoredObjects[T] }>(
    'SELECT data FROM test_provider_object WHERE id = $1 AND type = $2',
    [id, type],
  );
  return row?.data;
}

/** Objects of any type, by their ids. */
export async function selectObjects(
  db: Queryable,
  ids: readonly string[],
): Promise<ReadonlyMap<string, StoredObject>> {
  const rows = await db.query<{ data: StoredObject }>(
    'SELECT data FROM test_provider_object WHERE id = ANY($1::text[])',
    [ids],
  );
  return new Map(rows.map(({ data }) => [data.id, data]));
}

/** As `selectObject`; the object stays as it is until the transaction ends. */
export async function lockObject<T extends ObjectType>(
  tx: Tx,
  type: T,
  id: string,
): Promise<StoredObjects[T] | undefined> {
  const [row] = await tx.query<{ data: StoredObjects[T] }>(
    'SELECT data FROM test_provider_object WHERE id = $1 AND type = $2 FOR UPDATE',
    [id, type],
  );
  return row?.data;
}

export async function insertObject(
  tx: Tx,
  object: StoredObject,
  { parent, at }: { readonly parent: string | undefined; readonly at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO test_provider_object (id, type, parent, created_at, data) VALUES ($1, $2, $3, $4, $5::jsonb)`,
    [object.id, object.object, parent ?? null, at, JSON.stringify(object)],
  );
}

export async function updateObject(tx: Tx, object: StoredObject): Promise<void> {
  await tx.query('UPDATE test_provider_object SET data = $2::jsonb WHERE id = $1', [
    object.id,
    JSON.stringify(object),
  ]);
}

export interface ObjectList {
  readonly type: ObjectType;
  readonly parent?: string | undefined;
  /** Types of events. */
  readonly eventTypes?: readonly string[] | undefined;
  readonly since?: Date | undefined;
  /** Id of the object before the page. */
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Objects of a list, newest first. */
export async function selectList(db: Queryable, list: ObjectList): Promise<StoredObject[]> {
  const { type, parent, eventTypes, since, after, limit } = list;
  const parameters = new Parameters();
  const conditions = [`type = ${parameters.add(type)}`];
  if (parent !== undefined) conditions.push(`parent = ${parameters.add(parent)}`);
  if (eventTypes) conditions.push(`data->>'type' = ANY(${parameters.add(eventTypes)}::text[])`);
  if (since) conditions.push(`created_at >= ${parameters.add(since)}::timestamptz`);
  if (after !== undefined)
    conditions.push(
      `ordinal < (SELECT ordinal FROM test_provider_object WHERE id = ${parameters.add(after)})`,
    );
  const rows = await db.query<{ data: StoredObject }>(
    `SELECT data FROM test_provider_object WHERE ${conditions.join(' AND ')}
     ORDER BY ordinal DESC LIMIT ${parameters.add(limit)}::int`,
    parameters.values,
  );
  return rows.map(({ data }) => data);
}

/** The balance in a currency, which no other transfer changes until the transaction ends. */
export async function lockBalance(tx: Tx, currency: string): Promise<number> {
  await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('test_provider_balance/' || $1, 0))`, [
    currency,
  ]);
  const [row] = await tx.query<{ balance: string }>(
    `SELECT coalesce(sum((data->>'net')::bigint), 0)::text AS balance
     FROM test_provider_object WHERE type = 'balance_transaction' AND data->>'currency' = $1`,
    [currency],
  );
  return Number(row?.balance ?? 0);
}

export interface KeptAnswer {
  readonly hash: Buffer;
  readonly status: number;
  readonly body: string;
}

/** Whether nobody works on a request with this key, until the transaction ends. */
export async function tryLockKey(tx: Tx, key: string): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('test_provider_request/' || $1, 0)) AS locked`,
    [key],
  );
  return row?.locked === true;
}

export async function selectAnswer(tx: Tx, key: string): Promise<KeptAnswer | undefined> {
  const [row] = await tx.query<KeptAnswer>(
    'SELECT hash, status, body FROM test_provider_request WHERE key = $1',
    [key],
  );
  return row;
}

export async function insertAnswer(tx: Tx, key: string, answer: KeptAnswer, at: Date): Promise<void> {
  await tx.query(
    `INSERT INTO test_provider_request (key, hash, status, body, created_at) VALUES ($1, $2, $3, $4, $5)`,
    [key, answer.hash, answer.status, answer.body, at],
  );
}

/** Answers that one request forgets at most. Two are enough for each new one. */
const forgottenAtOnce = 20;

/** Forgets old answers; those that another transaction looks at stay for now. */
export async function deleteAnswersBefore(tx: Tx, at: Date): Promise<void> {
  await tx.query(
    `DELETE FROM test_provider_request WHERE key IN (
       SELECT key FROM test_provider_request WHERE created_at < $1::timestamptz
       ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [at, forgottenAtOnce],
  );
}

/** Most events that one step of pruning removes. */
const pruneBatch = 1000;

/** Removes events that are older than those that Stripe lists. What they tell of stays: the books are compared with it. */
export async function pruneTestEvents(tx: Tx, at: Date): Promise<PruneStep> {
  const rows = await tx.query(
    `DELETE FROM test_provider_object WHERE ordinal IN (
       SELECT ordinal FROM test_provider_object WHERE type = 'event'
         AND created_at < $1::timestamptz - interval '30 days' ORDER BY ordinal LIMIT $2)
     RETURNING id`,
    [at, pruneBatch],
  );
  return { removed: { test_provider_object: rows.length }, more: rows.length === pruneBatch };
}

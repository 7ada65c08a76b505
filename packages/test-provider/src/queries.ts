import type { Queryable } from './store.ts';
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
  tx: Queryable,
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
  tx: Queryable,
  object: StoredObject,
  { parent, at }: { readonly parent: string | undefined; readonly at: Date },
): Promise<void> {
  await tx.query(
    `INSERT INTO test_provider_object (id, type, parent, created_at, data) VALUES ($1, $2, $3, $4, $5::jsonb)`,
    [object.id, object.object, parent ?? null, at, JSON.stringify(object)],
  );
}

export async function updateObject(tx: Queryable, object: StoredObject): Promise<void> {
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
  const values: unknown[] = [];
  const parameter = (value: unknown) => `$${values.push(value)}`;
  const conditions = [`type = ${parameter(type)}`];
  if (parent !== undefined) conditions.push(`parent = ${parameter(parent)}`);
  if (eventTypes) conditions.push(`data->>'type' = ANY(${parameter(eventTypes)}::text[])`);
  if (since) conditions.push(`created_at >= ${parameter(since)}::timestamptz`);
  if (after !== undefined)
    conditions.push(`ordinal < (SELECT ordinal FROM test_provider_object WHERE id = ${parameter(after)})`);
  const rows = await db.query<{ data: StoredObject }>(
    `SELECT data FROM test_provider_object WHERE ${conditions.join(' AND ')}
     ORDER BY ordinal DESC LIMIT ${parameter(limit)}::int`,
    values,
  );
  return rows.map(({ data }) => data);
}

/** The balance in a currency, which no other transfer changes until the transaction ends. */
export async function lockBalance(tx: Queryable, currency: string): Promise<number> {
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
export async function tryLockKey(tx: Queryable, key: string): Promise<boolean> {
  const [row] = await tx.query<{ locked: boolean }>(
    `SELECT pg_try_advisory_xact_lock(hashtextextended('test_provider_request/' || $1, 0)) AS locked`,
    [key],
  );
  return row?.locked === true;
}

export async function selectAnswer(tx: Queryable, key: string): Promise<KeptAnswer | undefined> {
  const [row] = await tx.query<KeptAnswer>(
    'SELECT hash, status, body FROM test_provider_request WHERE key = $1',
    [key],
  );
  return row;
}

export async function insertAnswer(tx: Queryable, key: string, answer: KeptAnswer, at: Date): Promise<void> {
  await tx.query(
    `INSERT INTO test_provider_request (key, hash, status, body, created_at) VALUES ($1, $2, $3, $4, $5)`,
    [key, answer.hash, answer.status, answer.body, at],
  );
}

/** Rows of each kind that one request removes at most: more than it adds. */
const removedAtOnce = 20;

/** Removes old answers and events; what other requests look at, or remove, stays for now. */
export async function removeOld(
  tx: Queryable,
  { answersBefore, eventsBefore }: { readonly answersBefore: Date; readonly eventsBefore: Date },
): Promise<void> {
  await tx.query(
    `DELETE FROM test_provider_request WHERE key IN (
       SELECT key FROM test_provider_request WHERE created_at < $1::timestamptz
       ORDER BY created_at LIMIT $2 FOR UPDATE SKIP LOCKED)`,
    [answersBefore, removedAtOnce],
  );
  await tx.query(
    `DELETE FROM test_provider_object WHERE ordinal IN (
       SELECT ordinal FROM test_provider_object WHERE created_at < $1::timestamptz AND ordinal IN (
         SELECT ordinal FROM test_provider_object WHERE type = 'event' ORDER BY ordinal LIMIT $2)
       FOR UPDATE SKIP LOCKED)`,
    [eventsBefore, removedAtOnce],
  );
}

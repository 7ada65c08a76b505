/** Runs statements of PostgreSQL. */
export interface Queryable {
  /** @returns the rows, with values as `pg` returns them: `jsonb` parsed, `bytea` as a `Buffer` */
  query<Row>(statement: string, values?: readonly unknown[]): Promise<Row[]>;
}

/** The connections of the test provider. Its statements share no transaction with those of its user. */
export interface Store extends Queryable {
  /**
   * Runs `work` in a transaction of the level READ COMMITTED, commits it when `work` resolves, and rolls it back when
   * `work` rejects. May run `work` again after a deadlock.
   */
  transaction<T>(work: (tx: Queryable) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

const tables = [
  `CREATE TABLE test_provider_object (
    ordinal bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT test_provider_object_pk PRIMARY KEY,
    id text NOT NULL CONSTRAINT test_provider_object_id_key UNIQUE,
    type text NOT NULL,
    -- What its lists are filtered by: a customer, a payment, or a transfer group.
    parent text,
    created_at timestamptz NOT NULL,
    data jsonb NOT NULL
  )`,
  'CREATE INDEX test_provider_object_list_idx ON test_provider_object (type, ordinal)',
  `CREATE INDEX test_provider_object_parent_idx ON test_provider_object (parent, type, ordinal)
   WHERE parent IS NOT NULL`,
  `CREATE TABLE test_provider_request (
    key text CONSTRAINT test_provider_request_pk PRIMARY KEY,
    -- SHA-256 of the method, the path and the parameters.
    hash bytea NOT NULL,
    status integer NOT NULL,
    -- The answer's body, byte for byte.
    body text NOT NULL,
    created_at timestamptz NOT NULL
  )`,
  'CREATE INDEX test_provider_request_created_idx ON test_provider_request (created_at)',
];

/** Creates the tables unless they exist. Concurrent calls wait for each other. */
export function createTables(store: Store): Promise<void> {
  return store.transaction(async (tx) => {
    await tx.query(`SELECT pg_advisory_xact_lock(hashtextextended('test_provider_tables', 0))`);
    const [found] = await tx.query<{ exists: boolean }>(
      `SELECT to_regclass('test_provider_request') IS NOT NULL AS exists`,
    );
    if (found?.exists) return;
    for (const statement of tables) await tx.query(statement);
  });
}

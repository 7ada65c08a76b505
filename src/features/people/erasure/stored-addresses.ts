import type { Database, Queryable } from '../../../platform/db/database.ts';
import { addressMask, findAddresses } from '../../../platform/text/addresses.ts';
import { inTurns } from '../../../platform/fairness/computations.ts';

/*
 * Texts show no address, but their sources keep what was written. An erasure takes the account's own addresses out of all stored
 * texts, whoever has written them. An address may be disguised, so that no index finds it: every table is walked by its primary
 * key, the database picks the rows that may hold any address, and the rule that masks shown texts decides, in turns of
 * the event loop. Each step reads a bounded number of rows, and each change is a transaction of its own, so that nobody waits.
 */

/** The columns of each table in which people's texts stand. A test compares it with the columns that the database has. */
export const textColumns: Readonly<Record<string, readonly string[]>> = {
  article: ['title', 'standfirst'],
  article_text: ['body_markdown', 'body_html', 'body_text', 'contact_addresses'],
  signature: ['name', 'role', 'organisation'],
  journalist: ['name', 'location', 'bio_markdown', 'bio_html', 'bio_text'],
  comment: ['author_name', 'body_markdown', 'body_html', 'body_text'],
  comment_revision: ['body_markdown'],
  held_edit: ['body_markdown', 'body_html', 'body_text'],
  imported_author: ['name'],
  endorsement: ['display_name', 'affiliation', 'statement'],
  endorsement_link: ['display_name', 'affiliation', 'statement'],
  milestone: ['title', 'description'],
  pledge: ['display_name'],
  comment_hold: ['match'],
  comment_report: ['note'],
  moderation_decision: ['note', 'before'],
  moderation_event: ['detail'],
  moderation_appeal: ['text', 'answer'],
  person_note: ['text'],
  mail: ['subject', 'text', 'html'],
  account: ['name'],
  mailed_link: ['name'],
  pending_login: ['name'],
  passkey: ['name'],
  token: ['name'],
  webhook: ['name'],
  webhook_attempt: ['answer'],
};

/** Rows that one step looks at: some megabytes at most. */
const rowsPerStep = (table: string): number => (table === 'article_text' ? 10 : 200);

/** Characters that are searched without a pause, and those on both sides that tell where an address begins and ends. */
const [pieceLength, margin] = [5000, 1000];

/** SQL of the texts that may hold an address in any spelling that `findAddresses` knows. */
const mayHold = (column: string): string =>
  `${column}::text ~* '[@\uff20\ufe6b]|%(25)*40|%(25)*ef|&(amp;)*(#|commat)'`;

/** What a column holds, by its type. */
type Stored = string | readonly string[] | object | null;

interface Table {
  readonly name: string;
  /** Columns of the primary key, with their types. */
  readonly key: readonly { readonly name: string; readonly type: string }[];
  readonly columns: readonly string[];
}

async function tablesOf(db: Queryable): Promise<Table[]> {
  const keys = await db.query<{ table: string; name: string; type: string }>(
    `SELECT c.relname AS "table", a.attname AS name, format_type(a.atttypid, NULL) AS type
     FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
     JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY(i.indkey)
     WHERE i.indisprimary AND c.relnamespace = current_schema()::regnamespace AND c.relname = ANY($1::text[])
     ORDER BY c.relname, array_position(i.indkey::int2[], a.attnum)`,
    [Object.keys(textColumns)],
  );
  return Object.entries(textColumns).map(([name, columns]) => ({
    name,
    columns,
    key: keys.filter(({ table }) => table === name),
  }));
}

const isList = (value: Stored): value is readonly string[] => Array.isArray(value);

/** A stored value without the addresses; the value itself if it has none of them. */
function* without(value: Stored, addresses: ReadonlySet<string>): Generator<void, Stored> {
  if (value === null) return null;
  if (isList(value)) {
    const kept = value.filter((each) => !addresses.has(each.toLowerCase()));
    return kept.length === value.length ? value : kept;
  }
  if (typeof value === 'string') return yield* maskOwn(value, addresses);
  const kept = yield* maskStrings(value, addresses);
  return kept as object;
}

/** Masks each string of a document by itself: its escapes are no part of a text. The document itself if nothing is masked. */
function* maskStrings(value: unknown, addresses: ReadonlySet<string>): Generator<void, unknown> {
  if (typeof value === 'string') return yield* maskOwn(value, addresses);
  if (typeof value !== 'object' || value === null) return value;
  const kept: [string, unknown][] = [];
  for (const [key, each] of Object.entries(value)) kept.push([key, yield* maskStrings(each, addresses)]);
  if (kept.every(([key, each]) => each === (value as Readonly<Record<string, unknown>>)[key])) return value;
  return Array.isArray(value) ? kept.map(([, each]) => each) : Object.fromEntries(kept);
}

function* maskOwn(text: string, addresses: ReadonlySet<string>): Generator<void, string> {
  let masked = '';
  let kept = 0;
  for (let from = 0; from < text.length; from += pieceLength) {
    const begin = Math.max(0, from - margin);
    for (const found of findAddresses(text.slice(begin, from + pieceLength + margin))) {
      const [start, end] = [begin + found.start, begin + found.end];
      if (start < from || start >= from + pieceLength || !addresses.has(found.address.toLowerCase()))
        continue;
      masked += text.slice(kept, start) + addressMask;
      kept = end;
    }
    yield;
  }
  return masked + text.slice(kept);
}

/** Values without the addresses. */
function* withoutAll(
  values: readonly Stored[],
  addresses: ReadonlySet<string>,
): Generator<void, readonly Stored[]> {
  const kept: Stored[] = [];
  for (const value of values) kept.push(yield* without(value, addresses));
  return kept;
}

/** What a statement is given of a value. */
const parameterOf = (value: Stored): unknown =>
  value !== null && typeof value === 'object' && !isList(value) ? JSON.stringify(value) : value;

/**
 * Takes addresses out of all stored texts.
 * @param addresses in lower case
 * @returns the number of rows that had one
 */
export async function eraseStoredAddresses(db: Database, addresses: readonly string[]): Promise<number> {
  const own = new Set(addresses);
  let changed = 0;
  for (const table of await tablesOf(db)) changed += await walk(db, table, own);
  // What was kept of the sources shows them no more.
  if (changed > 0)
    await db.transaction((tx) =>
      tx.query('UPDATE site_revision SET revision = revision + 1 WHERE xmin <> pg_current_xact_id()::xid'),
    );
  return changed;
}

async function walk(db: Database, table: Table, own: ReadonlySet<string>): Promise<number> {
  const { name, key, columns } = table;
  const limit = rowsPerStep(name);
  const keyColumns = key.map((column) => column.name).join(', ');
  const after = key.map(({ type }, index) => `$${index + 1}::text::${type}`).join(', ');
  const keyTexts = `ARRAY[${key.map((column) => `t.${column.name}::text`).join(', ')}]`;
  let changed = 0;
  let last: readonly string[] | undefined;
  for (;;) {
    const rows = await db.query<{ key: string[]; values: Stored[] | null }>(
      `SELECT ${keyTexts} AS key, CASE WHEN ${columns.map((column) => mayHold(`t.${column}`)).join(' OR ')}
         THEN json_build_array(${columns.map((column) => `t.${column}`).join(', ')}) END AS values
       FROM (SELECT * FROM ${name} ${last ? `WHERE (${keyColumns}) > (${after})` : ''} ORDER BY ${keyColumns} LIMIT ${limit}) AS t
       ORDER BY ${key.map((column) => `t.${column.name}`).join(', ')}`,
      [...(last ?? [])],
    );
    for (const row of rows)
      if (row.values && (await change(db, table, row.key, row.values, own))) changed += 1;
    const end = rows.at(-1);
    if (!end || rows.length < limit) return changed;
    last = end.key;
  }
}

/** Changes one row, unless it has none of the addresses. Reads it again under its lock: it may have been written meanwhile. */
async function change(
  db: Database,
  { name, key, columns }: Table,
  at: readonly string[],
  found: readonly Stored[],
  own: ReadonlySet<string>,
): Promise<boolean> {
  const withoutOwn = await inTurns(withoutAll(found, own));
  if (found.every((value, index) => withoutOwn[index] === value)) return false;
  const where = key
    .map((column, index) => `${column.name} = $${index + 1}::text::${column.type}`)
    .join(' AND ');
  return db.transaction(async (tx) => {
    const [row] = await tx.query<{ values: Stored[] }>(
      `SELECT json_build_array(${columns.join(', ')}) AS values FROM ${name} WHERE ${where} FOR UPDATE`,
      [...at],
    );
    const values = row?.values ?? [];
    const changes = (await inTurns(withoutAll(values, own))).flatMap((kept, index) =>
      kept === values[index] ? [] : [{ column: columns[index], value: parameterOf(kept) }],
    );
    if (changes.length === 0) return false;
    const sets = changes.map(({ column }, index) => `${column} = $${key.length + index + 1}`).join(', ');
    await tx.query(`UPDATE ${name} SET ${sets} WHERE ${where}`, [
      ...at,
      ...changes.map(({ value }) => value),
    ]);
    return true;
  });
}

import type { Queryable } from '../../../platform/db/database.ts';
import type { PersonalData } from '../../../platform/db/personal-data.ts';

/** Rows that are read at a time, so that the export of an account of any size takes little memory. */
const pageSize = 100;

/** Reads all rows of one kind that belong to an account, page by page. */
async function* rowsOf({ select }: PersonalData, db: Queryable, accountId: string): AsyncGenerator<object> {
  let after: string | undefined;
  for (;;) {
    const rows = await select(db, accountId, { after, limit: pageSize });
    for (const { data } of rows) yield data;
    if (rows.length < pageSize) return;
    after = rows.at(-1)?.key;
  }
}

/** Writes all data that the service holds about an account as one JSON document, in pieces. */
export async function* personalDocument(
  kinds: readonly PersonalData[],
  db: Queryable,
  accountId: string,
): AsyncGenerator<string> {
  yield '{';
  for (const [index, kind] of kinds.entries()) {
    yield `${index === 0 ? '' : ','}\n  ${JSON.stringify(kind.name)}: [`;
    let isFirst = true;
    for await (const row of rowsOf(kind, db, accountId)) {
      yield `${isFirst ? '' : ','}\n    ${JSON.stringify(row)}`;
      isFirst = false;
    }
    yield isFirst ? ']' : '\n  ]';
  }
  yield '\n}\n';
}

import type { Queryable } from '../../../platform/db/database.ts';
import {
  type Found,
  type KeysetList,
  type KeysetRow,
  selectKeysetPage,
} from '../../../platform/db/keyset.ts';
import { timeOf } from '../../../platform/db/sort-time.ts';

/** A mail of the outbox. */
export interface OutgoingMailRow extends KeysetRow {
  readonly id: string;
  readonly recipient: string;
  readonly kind: string;
  readonly subject: string;
  /** Empty, like the subject: the contents were removed. */
  readonly text: string;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  /** The time of the mail in microseconds since 1970. */
  readonly microseconds: string;
  /** The two halves of its id as numbers. */
  readonly firstHalf: string;
  readonly secondHalf: string;
}

const list: KeysetList = {
  table: 'mail',
  scope: { nobody: 'bigint' },
  where: 'true',
  keys: ['created_at', 'id'],
  descending: true,
  pageColumns: ['id', 'recipient', 'kind', 'subject', 'text', 'created_at', 'sent_at'],
};

/** SQL for half of the page's id, 16 hexadecimal digits, as a signed number. */
const halfOfId = (first: number): string =>
  `('x' || substr(replace(page.id::text, '-', ''), ${first}, 16))::bit(64)::bigint::text`;

/** SQL for the bytes of a number. */
const bytesOf = (parameter: string): string => `int8send(${parameter}::bigint)`;

/** Selects a page of all mails, the newest first. */
export function selectOutgoingMailPage(
  db: Queryable,
  range: { limit: number; backward: boolean; cursor: readonly string[] | undefined },
): Promise<Found<OutgoingMailRow>> {
  return selectKeysetPage<OutgoingMailRow>(db, { scopes: [[null]], ...range }, () => ({
    list,
    cursorSql: (at) => [timeOf(at(0)), `encode(${bytesOf(at(1))} || ${bytesOf(at(2))}, 'hex')::uuid`],
    columns: `page.id, page.recipient, page.kind, page.subject, page.text, page.created_at AS "createdAt",
       page.sent_at AS "sentAt",
       (extract(epoch FROM page.created_at) * 1000000)::bigint::text AS microseconds, ${halfOfId(1)} AS "firstHalf",
       ${halfOfId(17)} AS "secondHalf"`,
  }));
}

import { premoderatedSql, type SanctionKind, suspendedSql } from '../../people/account/sanction.queries.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import type { Queryable } from '../../../platform/db/database.ts';
import { type Found, type KeysetRow, type ListRange, selectKeysetPage } from '../../../platform/db/keyset.ts';
import type { PersonRow } from '../persons/person.queries.ts';

/** Which accounts are listed; null: any. */
export interface PersonListFilter {
  /** The beginning of the name. */
  readonly name: string | null;
  readonly role: Role | null;
  readonly sanction: SanctionKind | null;
}

export type ListedPersonRow = PersonRow & KeysetRow;

const beginning = '(lower(s.beginning) COLLATE "C")';

/** The last character that there is: behind every name with a beginning. */
const lastCharacter = String.fromCodePoint(0x10ffff);

/** SQL conditions. Each names what an index of the accounts by their names is restricted to, so that the list is a range of it. */
function conditions({ name, role, sanction }: PersonListFilter): string[] {
  const sanctioned = sanction === 'SUSPENSION' ? suspendedSql('x') : premoderatedSql('x');
  return [
    ...(name === null
      ? []
      : [`x.name_key >= ${beginning} AND x.name_key < ${beginning} || '${lastCharacter}'`]),
    ...(role === null || role === 'READER'
      ? []
      : [`x.roles && '{JOURNALIST,MODERATOR,EDITOR,ADMINISTRATOR}'::text[] AND '${role}' = ANY(x.roles)`]),
    ...(sanction === null
      ? []
      : [`(x.suspended_at IS NOT NULL OR x.premoderated_at IS NOT NULL) AND ${sanctioned}`]),
  ];
}

/** Selects a page of accounts by their names. */
export function selectPersonPage(
  db: Queryable,
  filter: PersonListFilter,
  range: ListRange,
): Promise<Found<ListedPersonRow>> {
  return selectKeysetPage<ListedPersonRow>(db, { scopes: [[filter.name]], ...range }, () => ({
    list: {
      table: `(SELECT *, (lower(name) COLLATE "C") AS name_key FROM account)`,
      scope: { beginning: 'text' },
      where: ['true', ...conditions(filter)].join(' AND '),
      keys: ['name_key', 'id'],
      descending: false,
      pageColumns: ['id', 'name_key', 'name', 'avatar_url', 'roles', 'created_at'],
    },
    // From the beginning once the account is gone: rather some twice than some never.
    cursorSql: (at) => [
      `coalesce((SELECT lower(name) COLLATE "C" FROM account WHERE id = ${at(0)}::bigint), '')`,
      `${at(0)}::bigint`,
    ],
    columns: `page.id::text AS id, page.name, page.avatar_url AS "avatarUrl", page.roles,
  page.created_at AS "createdAt"`,
  }));
}

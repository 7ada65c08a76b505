import type DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { encodeCursor } from '../../../platform/graphql/page.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import {
  type ListedNoteRow,
  type PersonNoteRow,
  selectNotePages,
  selectNotes,
} from './person-note.queries.ts';

const cursorScope = (personId: string): string => `notes:${personId}`;

/** The cursor of a note in the list of its person. */
export const noteCursor = ({ personId, id }: PersonNoteRow): string =>
  encodeCursor(cursorScope(personId), [id]);

/** Pages of the notes about accounts, newest first. */
export const notePages: LoaderFactory<PageLoader<string, 'NEWEST', ListedNoteRow>> = ({ db }) =>
  pageLoader({
    cursorScope,
    cursorKeys: 1,
    find: (personIds, _order, range) => selectNotePages(db, personIds, range),
  });

export const noteById: LoaderFactory<DataLoader<string, PersonNoteRow | undefined>> = ({ db }) =>
  rowLoader(
    (ids) => selectNotes(db, ids),
    (row) => row.id,
  );

import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import { type PageLoader, pageLoader } from '../../../platform/graphql/page-loader.ts';
import { rowsBy } from '../../../platform/graphql/row-loader.ts';
import { type ListedNoteRow, selectNotePages, selectNotes } from './person-note.queries.ts';

/** Pages of the notes about accounts, newest first. */
export const notePages: LoaderFactory<PageLoader<string, 'NEWEST', ListedNoteRow>> = ({ db }) =>
  pageLoader({
    cursorScope: (personId) => `notes:${personId}`,
    cursorKeys: ['id'],
    find: (personIds, _order, range) => selectNotePages(db, personIds, range),
  });

export const noteById = rowsBy(selectNotes, (row) => row.id);

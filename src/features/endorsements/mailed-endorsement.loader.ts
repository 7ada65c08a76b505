import type DataLoader from 'dataloader';
import type { LoaderFactory } from '../../platform/graphql/context.ts';
import { rowLoader } from '../../platform/graphql/row-loader.ts';
import { type MailedEndorsementRow, selectMailedEndorsements } from './endorsement-link.queries.ts';

/** Endorsements with a mailed link, by the hash of its token in hexadecimal digits. */
export const mailedEndorsementByHash: LoaderFactory<DataLoader<string, MailedEndorsementRow | undefined>> = ({
  db,
}) =>
  rowLoader(
    (hashes) => selectMailedEndorsements(db, hashes),
    ({ hash }) => hash,
  );

import { ownRows } from '../articles/article/own-rows.loader.ts';
import { ownEndorsementsSql } from './own-endorsements.queries.ts';

/** The viewer's own endorsements. */
export const ownEndorsements = ownRows<'all'>(
  'ownEndorsements',
  () => '',
  () => ownEndorsementsSql,
);

import DataLoader from 'dataloader';
import type { LoaderFactory } from '../graphql/context.ts';
import { countHeldComments, type HeldStatus } from './moderation.queries.ts';

/** How many comments of the whole site wait, or were rejected. */
export const heldCommentCount: LoaderFactory<DataLoader<HeldStatus, number>> = ({ db }) =>
  new DataLoader((statuses) => countHeldComments(db, statuses));

import { partOf } from '../layout/part.tsx';

/** What stands in the place of a comment that the reader has removed. */
export const removedPart = partOf(() => import('./removed-here.tsx'));

import { type ThreadSort } from './thread-entry.ts';

/** How many comments a page has. */
export const pageSize = 50;

/** The greatest level that is shown on one page. */
export const maxLevel = 8;

/** The variables that say which list of an article's comments is meant. */
export function threadVariables(sort: ThreadSort) {
  const isTop = sort === 'TOP';
  return {
    isTop,
    orderBy: isTop ? null : sort,
    maxDepth: sort === 'THREADED' ? maxLevel : null,
  };
}

import { type ThreadSort } from './thread-entry.ts';

/** Number of comments of a page. */
export const pageSize = 50;

/** The deepest level that one page shows. */
export const maxLevel = 8;

/** The variables that select a list of an article's comments. */
export function threadVariables(sort: ThreadSort) {
  const isTop = sort === 'TOP';
  return {
    isTop,
    orderBy: isTop ? null : sort,
    maxDepth: sort === 'THREADED' ? maxLevel : null,
  };
}

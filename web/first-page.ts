import { prepareArticlePage } from './article/article-page.tsx';
import { partOf } from './layout/part.tsx';
import { articleOfPath } from './paths.ts';
import { type Reader } from './session/session.ts';

const loadBranch = () => import('./article/branch-page.tsx');

/** The page of a branch: rarely opened, so it is a file of its own. */
export const branchPart = partOf(loadBranch);

/**
 * Loads everything that the document's first page shows, so that its first render is complete. Failures are left to the
 * page, which shows them.
 */
export async function prepareFirstPage(reader: Reader): Promise<void> {
  const { slug, commentId } = articleOfPath(location.pathname) ?? {};
  if (slug === undefined) return;
  if (commentId === undefined) return prepareArticlePage(reader, slug);
  try {
    const { prepareBranchPage } = await loadBranch();
    await Promise.all([branchPart.begin(), prepareBranchPage(reader, commentId)]);
  } catch {
    // The page reports that its file is missing.
  }
}

import { prepareArticlePage } from './article/article-page.tsx';
import { partOf } from './layout/part.tsx';
import { articleOfPath } from './paths.ts';
import { prepareViewer } from './session/reader-context.ts';
import { type Reader } from './session/session.ts';

const loadBranch = () => import('./article/branch-page.tsx');

/** The page of a branch: rarely opened, so it is a file of its own. */
export const branchPart = partOf(loadBranch);

/** The first and the longest pause between two attempts to load the first page, in milliseconds. */
const pauses = { first: 1_000, longest: 30_000 };

/**
 * Loads everything that the document's first page shows, so that its first render is complete. As long as the service
 * cannot be reached, or refuses for now, the document stays on show; every other failure is left to the page, which reports it.
 */
export async function prepareFirstPage(reader: Reader): Promise<void> {
  const { href } = location;
  const viewer = prepareViewer(reader);
  for (let pause = pauses.first; !(await prepare(reader)); pause = Math.min(2 * pause, pauses.longest))
    await new Promise((resolve) => setTimeout(resolve, pause));
  await viewer;
  // A link of the served document leads to another place of it.
  if (location.href !== href) await prepareFirstPage(reader);
}

/** @returns whether the service has answered */
async function prepare(reader: Reader): Promise<boolean> {
  const { slug, commentId } = articleOfPath(location.pathname) ?? {};
  if (slug === undefined) return true;
  if (commentId === undefined) return prepareArticlePage(reader, slug);
  try {
    const { prepareBranchPage } = await loadBranch();
    const loaded = [prepareBranchPage(reader, commentId), branchPart.begin()] as const;
    const [isAnswered] = await Promise.all(loaded);
    return isAnswered;
  } catch {
    // The page reports that its file is missing.
    return true;
  }
}

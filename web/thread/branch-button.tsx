import { type ReactNode, useState } from 'react';
import { texts } from '../texts.ts';
import { useDiscussion } from './discussion-context.ts';

/**
 * Loads the replies to a first-level comment where they are not loaded with it; if loading fails, the button is enabled
 * again.
 */
export function BranchButton({
  commentId,
  children,
}: {
  readonly commentId: string;
  readonly children: ReactNode;
}) {
  const { pages } = useDiscussion();
  const [isLoading, setLoading] = useState(false);
  const load = () => {
    if (isLoading) return;
    setLoading(true);
    void pages
      .loadBranch(commentId)
      .catch(() => undefined)
      .finally(() => setLoading(false));
  };
  return (
    <button type="button" className="continue-link" aria-disabled={isLoading} onClick={load}>
      {isLoading ? texts.loading : children}
    </button>
  );
}

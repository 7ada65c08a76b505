import { useState } from 'react';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { texts } from '../texts.ts';

const part = partOf(() => import('../moderation/article-settings.tsx'));

/** What an article asks of its comments instead of the site; loaded when it is opened. */
export function CommentSettings({ slug }: { readonly slug: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details className="account-folded" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{texts.articleModeration}</summary>
      <div>{isOpen && <PartOfPage part={part} props={{ slug }} />}</div>
    </details>
  );
}

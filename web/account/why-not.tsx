import { partOf, PartOfPage } from '../layout/part.tsx';
import { useViewer } from '../session/reader-context.ts';
import { texts } from '../texts.ts';

// Few accounts ever need it.
const part = partOf(() => import('./confirm-first.tsx'));
const suspended = partOf(() => import('./suspended.tsx'));

interface Props {
  /** What the reader may not do. */
  readonly purpose: 'comment' | 'endorse' | 'pledge' | 'seeAddresses';
  /** Where the reader is. */
  readonly next: string;
}

/**
 * Says in the place of something that the reader may not do why that is so, where it is the account: it is suspended, or
 * its address has to be confirmed first.
 */
export function WhyNot({ purpose, next }: Props) {
  const viewer = useViewer();
  if (viewer?.mustConfirmEmail === true)
    return <PartOfPage part={part} props={{ purpose, next }} fallback={null} />;
  if (viewer?.isSuspended !== true) return null;
  // The page of an article says why, and until when, once: where comments are written.
  const short = <p className="notice">{texts.suspended}</p>;
  if (purpose === 'comment') return <PartOfPage part={suspended} props={{}} fallback={short} />;
  return purpose === 'pledge' ? short : null;
}

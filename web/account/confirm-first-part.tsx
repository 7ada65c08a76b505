import { partOf, PartOfPage } from '../layout/part.tsx';
import { useViewer } from '../session/reader-context.ts';

// Few accounts ever need it.
const part = partOf(() => import('./confirm-first.tsx'));

interface Props {
  /** What the reader may not do. */
  readonly purpose: 'comment' | 'endorse' | 'pledge';
  /** Where the reader is. */
  readonly next: string;
}

/** Says in the place of something that the reader may not do that a confirmed address is needed, where it is. */
export function ConfirmFirst({ purpose, next }: Props) {
  if (useViewer()?.mustConfirmEmail !== true) return null;
  return <PartOfPage part={part} props={{ purpose, next }} fallback={null} />;
}

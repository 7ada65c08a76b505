import type { Suspension } from '../account/suspension-words.tsx';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { texts } from '../texts.ts';

// Few accounts ever need it.
const part = partOf(() => import('../account/suspension-words.tsx'));

/** Why a comment was refused whose author was suspended while the page was open. */
export function SuspendedMeanwhile({
  suspension: { until, reason, note },
}: {
  readonly suspension: Suspension;
}) {
  return <PartOfPage part={part} props={{ until, reason, note }} fallback={<p>{texts.suspended}</p>} />;
}

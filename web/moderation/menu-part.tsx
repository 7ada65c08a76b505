import { partOf, PartOfPage } from '../layout/part.tsx';
import { ModerationLink } from './menu-link.tsx';

/** For staff alone: all others load nothing of it. Without the file the link is without a number. */
const counted = partOf(() => import('./menu-entry.tsx').catch(() => ({ default: () => <ModerationLink /> })));

export function ModerationEntry() {
  return <PartOfPage part={counted} props={{}} fallback={<ModerationLink />} />;
}

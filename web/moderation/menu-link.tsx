import { Link } from 'wouter';
import { formatNumber } from '../format.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';

/** Most that is shown as a number of its own. */
const mostShown = 999;

interface Props {
  /** What waits; undefined: not known yet. */
  readonly count?: number | undefined;
}

/** The way to the queue, with the number of what waits. */
export function ModerationLink({ count = 0 }: Props) {
  return (
    <Link href={paths.moderation} className="menu-moderation">
      <span className="menu-name">{texts.moderation}</span>
      <span className="menu-short">{texts.myShort.moderation}</span>
      {count > 0 && (
        <span className="menu-count">
          {count > mostShown ? `${formatNumber(mostShown)}+` : count}
          <span className="visually-hidden"> {texts.waiting}</span>
        </span>
      )}
    </Link>
  );
}

import { Link } from 'wouter';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { useInbox } from './use-inbox.ts';

/** Largest count that is shown as such. */
const mostShown = 99;

/** The way to the notifications of a signed-in reader, with the number of unread ones. */
export function Bell() {
  const { unread = 0 } = useInbox();
  return (
    <Link href={paths.notifications} className="bell" aria-label={texts.notifications(unread)}>
      <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
        <path d="M6 17V11a6 6 0 0 1 12 0v6l2 2H4zM10 21h4" strokeLinecap="round" strokeLinejoin="round" />
      </svg>
      {unread > 0 && (
        <span className="bell-count" aria-hidden="true">
          {unread > mostShown ? `${mostShown}+` : unread}
        </span>
      )}
    </Link>
  );
}

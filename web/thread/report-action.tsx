import { Link } from 'wouter';
import { texts } from '../texts.ts';

interface Props {
  /** Where the signed-out sign in first; undefined: the reader is signed in. */
  readonly signInAddress: string | undefined;
  readonly isOpen: boolean;
  readonly onAsk: () => void;
}

/** Opens the form for a report: there for those who look for it, and no louder. */
export function ReportAction({ signInAddress, isOpen, onAsk }: Props) {
  if (signInAddress !== undefined)
    return (
      <Link
        className="tool report-action"
        href={signInAddress}
        aria-label={texts.report}
        title={texts.report}
      >
        <Flag />
      </Link>
    );
  return (
    <button
      type="button"
      className="link-button tool report-action"
      aria-expanded={isOpen}
      aria-label={texts.report}
      title={texts.report}
      onClick={onAsk}
    >
      <Flag />
    </button>
  );
}

const Flag = () => (
  <svg viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" strokeWidth="2">
    <path d="M6 21V4h11l-2.5 4.5L17 13H6" strokeLinecap="round" strokeLinejoin="round" />
  </svg>
);

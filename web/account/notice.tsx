import { type ReactNode } from 'react';
import { focusAtOnce } from '../layout/focus.ts';

interface Props {
  /** False for a notice that was there before the reader did anything. */
  readonly takesFocus?: boolean;
  readonly children: ReactNode;
}

/** What has come of an action, in place of what the reader has used. */
export function Notice({ takesFocus = true, children }: Props) {
  return (
    <div className="notice" role="status" ref={takesFocus ? focusAtOnce : undefined} tabIndex={-1}>
      {children}
    </div>
  );
}

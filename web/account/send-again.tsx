import { useState } from 'react';
import { useChange } from '../layout/use-change.ts';
import { type Fault } from '../layout/use-faults.ts';
import { accountTexts } from './texts.ts';

/** A button that has a mail sent once more. */
export function SendAgain({ send }: { readonly send: () => Promise<readonly Fault[]> }) {
  const { isBusy, trouble, run } = useChange();
  const [times, setTimes] = useState(0);
  return (
    <div className="mail-confirmation">
      {times > 0 && (
        <p key={times} role="status">
          {accountTexts.sentAgain}
        </p>
      )}
      <button
        type="button"
        aria-disabled={isBusy}
        onClick={() => void run(send).then((isSent) => setTimes((before) => (isSent ? before + 1 : before)))}
      >
        {accountTexts.sendAgain}
      </button>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

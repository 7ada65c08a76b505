import { useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { type Fault } from './use-faults.ts';
import { texts } from '../texts.ts';

interface Change {
  readonly isBusy: boolean;
  /** Why the last change was not made. */
  readonly trouble: string | undefined;
  /** Makes a change, one at a time. @returns whether it was made */
  readonly run: (work: () => Promise<readonly Fault[] | undefined>) => Promise<boolean>;
}

/** Changes by buttons, one after the other. */
export function useChange(): Change {
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const run: Change['run'] = async (work) => {
    if (isBusy) return false;
    setBusy(true);
    let fault: string | undefined;
    try {
      fault = (await work())?.[0]?.message;
    } catch (error) {
      fault = messageOf(error) ?? texts.unreachable;
    }
    setTrouble(fault);
    setBusy(false);
    return fault === undefined;
  };
  return { isBusy, trouble, run };
}

import { useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { type Fault } from '../layout/use-faults.ts';
import { campaignTexts } from './texts.ts';

interface Action {
  readonly isBusy: boolean;
  /** Message about the last attempt. */
  readonly trouble: string | undefined;
  readonly run: (work: () => Promise<string | undefined>) => void;
}

/** One action at a time; another click while it runs does nothing. The work returns a message if it was refused. */
export function useAction(): Action {
  // A second click comes before the page is rendered anew.
  const runs = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  return {
    isBusy,
    trouble,
    run: (work) => {
      if (runs.current) return;
      runs.current = true;
      setBusy(true);
      setTrouble(undefined);
      void work()
        .catch((error: unknown) => messageOf(error) ?? campaignTexts.unknownAnswer)
        .then((message) => {
          runs.current = false;
          setBusy(false);
          setTrouble(message);
        });
    },
  };
}

/** The messages of a refusal that has no form; undefined: nothing was refused. */
export const refusalOf = (userErrors: readonly Fault[] | undefined): string | undefined =>
  userErrors?.map(({ message }) => message).join(' ') || undefined;

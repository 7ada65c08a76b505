import { useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { type Fault } from '../layout/use-faults.ts';
import { campaignTexts } from './texts.ts';

/** What became of an action; empty: there is nothing to say where it was started. */
export interface Outcome {
  readonly notice?: string | undefined;
  /** Why it was refused, or failed. */
  readonly trouble?: string | undefined;
}

interface Action extends Outcome {
  readonly isBusy: boolean;
  readonly run: (work: () => Promise<Outcome>) => void;
}

/** One action at a time; another click while it runs does nothing. */
export function useAction(): Action {
  // A second click comes before the page is rendered anew.
  const runs = useRef(false);
  const [isBusy, setBusy] = useState(false);
  const [outcome, setOutcome] = useState<Outcome>({});
  return {
    ...outcome,
    isBusy,
    run: (work) => {
      if (runs.current) return;
      runs.current = true;
      setBusy(true);
      setOutcome({});
      void work()
        .catch((error: unknown): Outcome => ({ trouble: messageOf(error) ?? campaignTexts.unknownAnswer }))
        .then((result) => {
          runs.current = false;
          setBusy(false);
          setOutcome(result);
        });
    },
  };
}

/** The messages of a refusal that has no form; without one, empty. */
export const refusalOf = (userErrors: readonly Fault[] | undefined): Outcome => ({
  trouble: userErrors?.map(({ message }) => message).join(' ') || undefined,
});

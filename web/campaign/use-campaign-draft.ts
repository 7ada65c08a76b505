import { useState } from 'react';
import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { readStored, writeStored } from '../storage.ts';
import { areCampaignValues, type CampaignValues, emptyValues, inputOf, valuesOf } from './form-values.ts';

interface CampaignDraft {
  readonly values: CampaignValues;
  /** Whether there is something to save. */
  readonly isDirty: boolean;
  /** Whether unsaved values were stored before this page was opened. */
  readonly isRestored: boolean;
  readonly change: (values: Partial<CampaignValues>) => void;
  /** Continues from a campaign, and discards what was not saved. */
  readonly startFrom: (campaign: ManagedCampaignFragment | null) => void;
}

/** Whether two forms say the same, however amounts are written: `1500` and `1500.00`. */
function isSame(
  one: CampaignValues,
  other: CampaignValues,
  campaign: ManagedCampaignFragment | null,
): boolean {
  const [a, b] = [one, other].map((values) => {
    const read = inputOf(values, campaign);
    return JSON.stringify('input' in read ? read.input : values);
  });
  return a === b;
}

/** The values of the form; those that are not saved survive a reload. @param key names them in the browser's storage */
export function useCampaignDraft(key: string, campaign: ManagedCampaignFragment | null): CampaignDraft {
  const [stored] = useState(() => readStored(key, areCampaignValues));
  const [changed, setChanged] = useState(stored);
  const [isFromBefore, setFromBefore] = useState(stored !== undefined);
  const saved = campaign ? valuesOf(campaign) : emptyValues;
  const values = changed ?? saved;
  const isDirty = changed !== undefined && !isSame(changed, saved, campaign);
  return {
    values,
    isDirty,
    isRestored: isFromBefore && isDirty,
    change: (some) => {
      const next = { ...values, ...some };
      setChanged(next);
      writeStored(key, isSame(next, saved, campaign) ? undefined : next);
    },
    startFrom: (from) => {
      setFromBefore(false);
      setChanged(from ? valuesOf(from) : undefined);
      writeStored(key, undefined);
    },
  };
}

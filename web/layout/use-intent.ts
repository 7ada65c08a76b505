import { useEffect, useState } from 'react';
import { type Intent, wants } from '../paths.ts';

/**
 * Whether the address asks for something to be opened here. The address stops asking once that was read, so that a reload
 * or a remount does not open again what the reader has closed.
 * @param isHere whether it is this component that the address means
 */
export function useIntent(intent: Intent, isHere = true): boolean {
  const [isWanted] = useState(() => isHere && wants(location.search, intent));
  useEffect(() => {
    if (isWanted) history.replaceState(history.state, '', location.pathname + location.hash);
  }, [isWanted]);
  return isWanted;
}

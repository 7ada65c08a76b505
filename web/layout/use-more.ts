import { type RefObject, useEffect, useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { isReturning } from './reading-place.ts';

interface More {
  readonly isLoading: boolean;
  readonly trouble: string | undefined;
  readonly more: () => void;
}

/**
 * Loads more items of a list. The first link of the first new item then takes the focus, or without one what can be
 * focused: reading continues there, and no announcement is needed.
 * @param length number of items
 */
export function useMore(
  list: RefObject<HTMLUListElement | null>,
  length: number,
  load: () => Promise<unknown>,
): More {
  const [isLoading, setLoading] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  // Length of the list when more items were requested.
  const endedAt = useRef<number>(undefined);

  useEffect(() => {
    const at = endedAt.current;
    if (at === undefined || length <= at) return;
    endedAt.current = undefined;
    // Readers who come back are brought to where they were.
    if (!isReturning()) list.current?.children[at]?.querySelector<HTMLElement>('a, [tabindex]')?.focus();
  }, [list, length]);

  async function ask() {
    endedAt.current = length;
    setLoading(true);
    setTrouble(undefined);
    try {
      await load();
    } catch (error) {
      endedAt.current = undefined;
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    setLoading(false);
  }

  return {
    isLoading,
    trouble,
    more: () => {
      if (!isLoading) void ask();
    },
  };
}

import { type RefObject, useEffect, useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';

interface More {
  readonly isLoading: boolean;
  readonly trouble: string | undefined;
  readonly more: () => void;
}

/**
 * Lengthens a list. The focus then goes to the first link of the first item that was not there: the reading goes on there,
 * and nothing needs to be announced.
 * @param length how many items there are
 */
export function useMore(
  list: RefObject<HTMLUListElement | null>,
  length: number,
  load: () => Promise<unknown>,
): More {
  const [isLoading, setLoading] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  // Where the list ended when more was asked for.
  const endedAt = useRef<number>(undefined);

  useEffect(() => {
    const at = endedAt.current;
    if (at === undefined || length <= at) return;
    endedAt.current = undefined;
    list.current?.children[at]?.querySelector('a')?.focus();
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

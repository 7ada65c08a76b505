import { useCallback, useEffect, useRef, useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';

/** A page of a list; `next` is the cursor from which it goes on, null at its end. */
export interface ListPage<Item> {
  readonly items: readonly Item[];
  readonly next: string | null;
}

/** A list as far as it was read. */
export interface Pages<Item> {
  /** Undefined while the first page is being loaded. */
  readonly items: readonly Item[] | undefined;
  readonly hasMore: boolean;
  readonly isLoading: boolean;
  readonly trouble: string | undefined;
  readonly more: () => void;
  readonly reload: () => void;
}

const [pageSize, largestPage] = [20, 100];

/**
 * A list that is read page by page. A change of `version` loads it anew, with as many items as before.
 * @param load a page of so many items, behind a cursor; another function is another list
 * @param version changes whenever the list may have changed
 */
export function usePages<Item>(
  load: (count: number, from: string | null) => Promise<ListPage<Item> | null | undefined>,
  version: string,
): Pages<Item> {
  const [pages, setPages] = useState<ListPage<Item> & { readonly of: typeof load }>();
  const [isLoading, setLoading] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  // Only the answer to the last request is shown.
  const turn = useRef(0);
  const length = useRef(0);

  const ask = useCallback(
    async (from: string | null) => {
      const mine = ++turn.current;
      const count = from === null ? Math.min(Math.max(length.current, pageSize), largestPage) : pageSize;
      let message: string | undefined;
      try {
        const page = (await load(count, from)) ?? { items: [], next: null };
        if (mine !== turn.current) return;
        setPages((before) => {
          const items = from === null ? page.items : [...(before?.items ?? []), ...page.items];
          length.current = items.length;
          return { items, next: page.next, of: load };
        });
      } catch (error) {
        if (mine !== turn.current) return;
        message = messageOf(error) ?? texts.unreachable;
      }
      setTrouble(message);
      setLoading(false);
    },
    [load],
  );
  useEffect(() => {
    void ask(null);
    const turns = turn;
    return () => {
      turns.current++;
    };
  }, [ask, version]);

  const shown = pages?.of === load ? pages : undefined;
  return {
    items: shown?.items,
    hasMore: shown !== undefined && shown.next !== null,
    isLoading,
    trouble,
    more: () => {
      if (isLoading || !shown) return;
      setLoading(true);
      void ask(shown.next);
    },
    reload: () => void ask(null),
  };
}

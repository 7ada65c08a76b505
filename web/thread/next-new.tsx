import { useEffect, useRef } from 'react';
import { commentOfHash } from '../paths.ts';
import { texts } from '../texts.ts';
import { type ThreadList } from './thread-list.ts';

interface Props {
  readonly list: ThreadList;
  /** Number of new comments that the reader has not come to. */
  readonly unseen: number;
  /** Goes to a comment. */
  readonly onGo: (id: string) => void;
}

/**
 * Leads from one new comment to the next, at any depth, also by Alt+N. Not by a letter alone, which people who speak to
 * their computer would press by accident (WCAG 2.1.4).
 */
export function NextNew({ list, unseen, onGo }: Props) {
  const go = useRef(() => undefined as void);
  useEffect(() => {
    go.current = () => {
      const focused = document.activeElement?.closest('article[id^="comment-"]');
      const id = list.nextUnseen(focused ? commentOfHash(`#${focused.id}`) : undefined);
      if (id === undefined) return;
      list.reveal(id);
      list.see([id]);
      // Rendered by then, where it was folded.
      requestAnimationFrame(() => onGo(id));
    };
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      // By the key's place: with Alt some keyboards write another letter.
      if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey || event.code !== 'KeyN') return;
      if (event.isComposing || event.defaultPrevented || isTyping(event.target)) return;
      event.preventDefault();
      go.current();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, []);
  if (unseen === 0) return null;
  return (
    <button
      type="button"
      className="next-new"
      title={texts.newHereKey}
      aria-keyshortcuts="Alt+N"
      onClick={() => go.current()}
    >
      {texts.newHere(unseen)}
    </button>
  );
}

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement && (target.isContentEditable || target.matches('input, textarea, select'));

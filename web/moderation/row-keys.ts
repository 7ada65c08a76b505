import { useEffect } from 'react';
import { readStored } from '../storage.ts';

/** Where the queue's page stores that keys are off. */
const keysName = 'standfirst.queue-keys';

const isOff = (value: unknown): value is 'off' => value === 'off';

/** Elements in which keys write. */
const writing = 'input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]';

/** Whether a key is for the page, and not for what has the focus or for the browser. */
const isForPage = ({ target, ctrlKey, metaKey, altKey, defaultPrevented }: KeyboardEvent): boolean =>
  !defaultPrevented &&
  !ctrlKey &&
  !metaKey &&
  !altKey &&
  !(target instanceof Element && target.matches(writing));

function step(by: 1 | -1): void {
  const rows = [...document.querySelectorAll<HTMLElement>('[data-row]')];
  const at = rows.findIndex((row) => row.contains(document.activeElement));
  // From elsewhere on the page to the first one.
  const next = rows[at < 0 ? 0 : Math.min(Math.max(at + by, 0), rows.length - 1)];
  const target = next?.matches('[tabindex]') ? next : next?.querySelector<HTMLElement>('input, a, button');
  target?.focus();
}

/** Keys of lists, unless they are switched off: j and k go from row to row, Enter opens the first link of one. */
export function useRowKeys(): void {
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (!isForPage(event) || readStored(keysName, isOff)) return;
      if (event.key === 'j') step(1);
      else if (event.key === 'k') step(-1);
      else if (event.key === 'Enter' && event.target instanceof Element && event.target.matches('[data-row]'))
        event.target.querySelector<HTMLElement>('a')?.click();
      else return;
      event.preventDefault();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
}

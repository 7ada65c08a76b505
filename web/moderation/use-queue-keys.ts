import { useEffect, useRef } from 'react';

/** @returns whether the key has done something; otherwise the browser does as usual */
export type OnKey = (key: string, event: KeyboardEvent) => boolean;

/** Keys that may be held down: they only move. Held down, the others would decide about what nobody has read. */
const moving = new Set(['j', 'k', 'PageDown', 'PageUp']);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio])'));

/** Single keys of a page, off while somebody types, while a dialog is open and with modifiers. */
export function useQueueKeys(isOn: boolean, onKey: OnKey): void {
  const latest = useRef(onKey);
  useEffect(() => {
    latest.current = onKey;
  });
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented)
        return;
      if (document.querySelector('dialog[open]')) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (event.repeat && !moving.has(key)) return;
      // Escape leaves a field, too, and works in any case.
      if (key !== 'Escape' && (!isOn || isTyping(event.target))) return;
      if (latest.current(key, event)) event.preventDefault();
    };
    addEventListener('keydown', onKeyDown);
    return () => removeEventListener('keydown', onKeyDown);
  }, [isOn]);
}

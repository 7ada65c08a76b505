import { useCallback, useEffect, useLayoutEffect, useRef } from 'react';

/** @returns whether the key has done something; otherwise the browser does as usual */
export type OnKey = (key: string, event: KeyboardEvent) => boolean;

/** Keys that may be held down: they only move. Held down, the others would decide about what nobody has read. */
const moving = new Set(['j', 'k', 'PageDown', 'PageUp']);

const isTyping = (target: EventTarget | null): boolean =>
  target instanceof HTMLElement &&
  (target.isContentEditable || target.matches('textarea, select, input:not([type=checkbox], [type=radio])'));

/** Pause after which a letter is a key again when the field went away in which somebody was typing, in milliseconds. */
const pauseMs = 1_000;

/**
 * Single keys of a page, off while somebody types, while a dialog is open and with modifiers.
 * @returns a function for when a field has gone away under somebody's hands: what they go on typing is no key
 */
export function useQueueKeys(isOn: boolean, onKey: OnKey): () => void {
  const typedUntil = useRef(-Infinity);
  const latest = useRef(onKey);
  // With the rendering, and not after it: the next key is for what is seen.
  useLayoutEffect(() => {
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
      if (key.length === 1 && performance.now() < typedUntil.current) {
        typedUntil.current = performance.now() + pauseMs;
        return;
      }
      if (latest.current(key, event)) event.preventDefault();
    };
    const onPointer = () => {
      typedUntil.current = -Infinity;
    };
    addEventListener('keydown', onKeyDown);
    addEventListener('pointerdown', onPointer);
    return () => {
      removeEventListener('keydown', onKeyDown);
      removeEventListener('pointerdown', onPointer);
    };
  }, [isOn]);
  return useCallback(() => {
    typedUntil.current = performance.now() + pauseMs;
  }, []);
}

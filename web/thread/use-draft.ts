import { useState } from 'react';
import { isText, readStored, writeStored } from '../storage.ts';

const keyOf = (name: readonly (string | undefined)[]): string => `standfirst.draft.${name.join('.')}`;

/** Whether there is an unsent text. */
export const hasDraft = (name: readonly (string | undefined)[]): boolean =>
  readStored(keyOf(name), isText) !== undefined;

/**
 * A text that is being written; it survives a reload.
 * @param name author and purpose, e.g. an article's or comment's id
 * @returns the text, and its setter (an empty or unchanged text is not stored)
 */
export function useDraft(
  name: readonly (string | undefined)[],
  initial = '',
): [string, (text: string) => void] {
  const key = keyOf(name);
  const [text, setText] = useState(() => readStored(key, isText) ?? initial);
  return [
    text,
    (next) => {
      setText(next);
      writeStored(key, next === '' || next === initial ? undefined : next);
    },
  ];
}

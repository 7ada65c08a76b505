import { useState } from 'react';
import { isText, readStored, writeStored } from '../storage.ts';

const keyOf = (name: readonly (string | undefined)[]): string => `standfirst.draft.${name.join('.')}`;

/** Whether something was written there and not sent. */
export const hasDraft = (name: readonly (string | undefined)[]): boolean =>
  readStored(keyOf(name), isText) !== undefined;

/**
 * A text that is being written, over reloads.
 * @param name whose it is, and what it is for, e.g. an article's or comment's id
 * @returns the text, how to change it (an empty one is forgotten)
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

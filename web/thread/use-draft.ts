import { useState } from 'react';
import { isText, readStored, writeStored } from '../storage.ts';

/**
 * A text that is being written, over reloads.
 * @param name of what it is for, e.g. an article's or comment's id
 * @returns the text, how to change it (an empty one is forgotten)
 */
export function useDraft(name: string, initial = ''): [string, (text: string) => void] {
  const key = `standfirst.draft.${name}`;
  const [text, setText] = useState(() => readStored(key, isText) ?? initial);
  return [
    text,
    (next) => {
      setText(next);
      writeStored(key, next === '' || next === initial ? undefined : next);
    },
  ];
}

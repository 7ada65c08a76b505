import { Fragment, type ReactNode } from 'react';
import { isolated } from '../../src/platform/text/direction.ts';

/** What stands in the places of a text: `{actor}` and so on. */
export type SentenceParts = Readonly<Record<string, ReactNode>>;

/** A text with links and other elements in its places. */
export function Sentence({ text, parts }: { readonly text: string; readonly parts: SentenceParts }) {
  // Every second piece is the name of a place.
  const pieces = text.split(/\{(\w+)\}/);
  return (
    <>
      {pieces.map((piece, index) => (
        <Fragment key={index}>{index % 2 === 0 ? piece : parts[piece]}</Fragment>
      ))}
    </>
  );
}

/** The same text without elements, for names of buttons. */
export const inWords = (text: string, parts: Readonly<Record<string, string>>): string =>
  text.replace(/\{(\w+)\}/g, (_, name: string) => isolated(parts[name] ?? ''));

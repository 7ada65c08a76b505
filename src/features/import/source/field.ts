import { Parser } from 'htmlparser2';

declare const kind: unique symbol;

/**
 * A text of one line as people read it, without markup. Only `fromHtml` and `fromPlain` make one, so that no reader of
 * an export passes on a field without having said what the field holds.
 */
export type SourceLine = string & { readonly [kind]: 'line' };

/** The longest field that is read, in characters: names and titles are cut far before. */
const maxField = 10_000;

/** Elements whose text is not shown. */
const unshown = new Set(['script', 'style', 'template']);

/** A field that holds HTML: character references are decoded, tags are taken out. */
export function fromHtml(html: string): SourceLine {
  let text = '';
  let hidden = 0;
  const parser = new Parser(
    {
      onopentag: (name) => void (unshown.has(name) && (hidden += 1)),
      onclosetag: (name) => void (unshown.has(name) && (hidden -= 1)),
      ontext: (piece) => void (hidden === 0 && (text += piece)),
    },
    { decodeEntities: true },
  );
  parser.end(html.slice(0, maxField));
  return text as SourceLine;
}

/** A field that holds plain text. */
export const fromPlain = (text: string): SourceLine => text.slice(0, maxField) as SourceLine;

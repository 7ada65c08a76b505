import { escapeHtml } from '../../platform/text/escape-html.ts';

/** Characters that no XML document may contain, in whatever form (XML 1.0, section 2.2), and halves of characters. */
const forbidden = /[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu;

/** A piece of XML, as opposed to a text that has yet to be escaped. */
export class Xml {
  readonly text: string;

  /** @param text well-formed XML */
  constructor(text: string) {
    this.text = text;
  }
}

/** A value in an `xml` template. */
type Value = string | Xml | readonly Xml[] | false | null | undefined;

function render(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Xml) return value.text;
  if (typeof value === 'object') return value.map(({ text }) => text).join('');
  return escapeHtml(value.replace(forbidden, ''));
}

/**
 * A template whose values are escaped, for text and for quoted attributes, unless they are XML; null, undefined and
 * false become the empty text.
 */
export function xml(parts: TemplateStringsArray, ...values: readonly Value[]): Xml {
  return new Xml(parts.map((part, index) => part + render(values[index])).join(''));
}

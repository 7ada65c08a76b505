import { escapeHtml } from '../text/escape-html.ts';

/** A piece of HTML, as opposed to a text that has yet to be escaped. */
export class Html {
  readonly text: string;

  /** @param text HTML, made by this service or sanitised by it */
  constructor(text: string) {
    this.text = text;
  }
}

/** A value in an `html` template. */
type Value = string | number | Html | readonly (Html | null | undefined)[] | false | null | undefined;

function render(value: Value): string {
  if (value === null || value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(render).join('');
  return escapeHtml(String(value));
}

/**
 * A template whose values are escaped, for text and for quoted attributes, unless they are HTML; null,
 * undefined and false become the empty text.
 */
export function html(parts: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(parts.map((part, index) => part + render(values[index])).join(''));
}

/** JSON in an element for data: no text in it can end the element, or begin a comment. */
export function jsonData(type: string, value: unknown): Html {
  const json = new Html(JSON.stringify(value).replaceAll('<', '\\u003c'));
  return html`<script type="${type}" data-served>
    ${json}
  </script>`;
}

/** Content for browsers that run no scripts. */
export function noscript(content: Html): Html {
  // Browsers that run scripts parse the element as text up to its end tag, even in the middle of an attribute.
  const inert = new Html(content.text.replace(/<(?=\/noscript)/gi, '&lt;'));
  return html`<noscript data-served>${inert}</noscript>`;
}

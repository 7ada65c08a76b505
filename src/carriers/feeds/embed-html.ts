import { balanceDirections } from '../../platform/text/direction.ts';
import { escapeHtml } from '../../platform/text/escape-html.ts';

/** What another site shows of an article or a comment. */
export interface Embedded {
  readonly title: string;
  /** A text without markup; null: the title alone is shown. */
  readonly text: string | null;
  /** Null: the title says who. */
  readonly author: string | null;
  /** The address to which the link leads. */
  readonly address: string;
  /** The text of the link. */
  readonly link: string;
}

/** The longest text that is quoted, in characters. */
const maxQuoted = 500;

function quoted(text: string): string {
  // Cut generously first, so that a long text costs no more than its beginning.
  const characters = [...text.slice(0, 2 * maxQuoted + 2)];
  if (characters.length <= maxQuoted) return text;
  return `${balanceDirections(characters.slice(0, maxQuoted - 1).join(''))}…`;
}

/** HTML for pages of other sites: a quotation with its source, which needs neither styles nor scripts. */
export function embedHtml({ title, text, author, address, link }: Embedded): string {
  const source = escapeHtml(address);
  const by = author === null ? '' : `<bdi lang="">${escapeHtml(author)}</bdi> · `;
  // The title of an article; with an author in it, it is a sentence of the service.
  const direction = author === null ? '' : ' dir="auto" lang=""';
  const words = text === null ? '' : `<p dir="auto" lang="">${escapeHtml(quoted(text))}</p>`;
  return `<blockquote class="standfirst-embed" cite="${source}"><p${direction}><strong>${escapeHtml(title)}</strong></p>${words}<footer>${by}<a href="${source}">${escapeHtml(link)}</a></footer></blockquote>`;
}

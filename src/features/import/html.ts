import sanitizeHtml from 'sanitize-html';
import TurndownService from 'turndown';
import type { Profile } from '../../platform/text/markdown-parser.ts';
import { boundedHtml } from './bounded-html.ts';

/** Elements that are nested deeper lose their tags, and keep their text. */
const maxNesting = 30;

const inlineTags = ['a', 'b', 'br', 'code', 'del', 'em', 'i', 's', 'strike', 'strong'];
const blockTags = ['blockquote', 'div', 'hr', 'li', 'ol', 'p', 'pre', 'ul'];
const headings = ['h1', 'h2', 'h3', 'h4', 'h5', 'h6'];

/** What is kept of foreign HTML; the text of all other elements is, and nothing of scripts and styles. */
const kept: Readonly<Record<Profile, sanitizeHtml.IOptions>> = {
  comment: optionsFor([...inlineTags, ...blockTags, 'img']),
  article: optionsFor([...inlineTags, ...blockTags, ...headings, 'img']),
};

function optionsFor(allowedTags: string[]): sanitizeHtml.IOptions {
  return {
    allowedTags,
    allowedAttributes: { a: ['href'], img: ['src', 'alt'], ol: ['start'] },
    allowedSchemes: ['http', 'https'],
    allowProtocolRelative: false,
    nestingLimit: maxNesting,
    transformTags: { img: shownPicture },
  };
}

/** An address in a text, without the punctuation behind it. */
const address = /https?:\/\/[^\s<>"'`]*[^\s<>"'`.,;:!?)\]}]/g;

/** Escapes what Markdown would take for markup. */
function escapeMarkup(text: string): string {
  return text
    .replace(/[\\`*_[\]<~]/g, '\\$&')
    .replace(/&(?=#?\w+;)/g, '\\&')
    .replace(/^(\s*)([#+\-=>])/gm, '$1\\$2')
    .replace(/^(\s*\d{1,9})([.)])/gm, '$1\\$2');
}

/** Escapes a text, and marks the addresses in it as links, as the systems do from which it comes. */
function escapeText(text: string): string {
  let escaped = '';
  let end = 0;
  for (const { 0: url, index } of text.matchAll(address)) {
    if (!URL.canParse(url)) continue;
    escaped += `${escapeMarkup(text.slice(end, index))}<${url.replaceAll('\\', '%5C')}>`;
    end = index + url.length;
  }
  return escaped + escapeMarkup(text.slice(end));
}

/** The part of a DOM element that is used here: the service is compiled without the types of browsers. */
interface Element {
  readonly textContent: string | null;
  getAttribute(name: string): string | null;
  querySelector(selector: string): unknown;
}

interface ListEntry {
  readonly parentNode: Element & { readonly nodeName: string };
  readonly nextSibling: unknown;
}

const textOf = (node: Element): string => (node.textContent ?? '').replace(/\s+/g, ' ').trim();

/** Markdown of a link. @param content Markdown to show instead of the text */
export function markdownOfLink(href: string, text: string, content?: string): string {
  if (!URL.canParse(href)) return escapeText(text);
  const url = new URL(href).href.replaceAll('\\', '%5C');
  if (text === href || text === url) return `<${url}>`;
  // Text within a link is no link itself.
  const shown = content ?? escapeMarkup(text);
  return shown === '' ? '' : `[${shown}](<${url}>)`;
}

const linkOf = (content: string, node: Element): string =>
  markdownOfLink(
    node.getAttribute('href') ?? '',
    textOf(node),
    node.querySelector('img') ? content : undefined,
  );

interface Picture {
  readonly src?: string | null;
  readonly alt?: string | null;
}

function pictureOf({ src, alt }: Picture): string {
  const [source, text] = [src ?? '', escapeMarkup((alt ?? '').replace(/\s+/g, ' ').trim())];
  // Relative to a page elsewhere.
  if (!/^https?:\/\//i.test(source) || !URL.canParse(source)) return text;
  return `![${text}](<${new URL(source).href.replaceAll('\\', '%5C')}>)`;
}

/** Takes out pictures of which nothing would be left. */
function shownPicture(tagName: string, attribs: sanitizeHtml.Attributes): sanitizeHtml.Tag {
  return pictureOf(attribs) === '' ? { tagName: 'none', attribs: {} } : { tagName, attribs };
}

/** Code as a block, between more backticks than are in it. */
function codeOf(node: Element): string {
  const text = (node.textContent ?? '').replace(/\n$/, '');
  const longest = Math.max(2, ...(text.match(/`+/g) ?? []).map(({ length }) => length));
  const fence = '`'.repeat(longest + 1);
  return text.trim() === '' ? '' : `\n\n${fence}\n${text}\n${fence}\n\n`;
}

/** An entry of a list, as the converter makes it, but that it counts the entries of a list only once. */
function entryRule(): TurndownService.Rule {
  const counts = new WeakMap<object, number>();
  const markerOf = ({ parentNode: list }: ListEntry): string => {
    if (list.nodeName !== 'OL') return '-   ';
    const count = counts.get(list) ?? 0;
    counts.set(list, count + 1);
    const start = list.getAttribute('start') ?? '';
    return `${(/^\d{1,9}$/.test(start) ? Number(start) : 1) + count}.  `;
  };
  return {
    filter: 'li',
    replacement: (content, entry: ListEntry) => {
      const marker = markerOf(entry);
      const text = content.replace(/^\n+/, '').replace(/\n*$/, content.endsWith('\n') ? '\n' : '');
      const indented = text.replace(/\n/g, `\n${' '.repeat(marker.length)}`);
      return marker + indented + (entry.nextSibling ? '\n' : '');
    },
  };
}

function createConverter(): TurndownService {
  const converter = new TurndownService({
    headingStyle: 'atx',
    hr: '---',
    bulletListMarker: '-',
    codeBlockStyle: 'fenced',
    emDelimiter: '*',
  });
  converter.escape = escapeText;
  converter.addRule('links', {
    filter: 'a',
    replacement: (content, node: Element) => linkOf(content, node),
  });
  converter.addRule('pictures', {
    filter: 'img',
    replacement: (_, node: Element) =>
      pictureOf({ src: node.getAttribute('src'), alt: node.getAttribute('alt') }),
  });
  converter.addRule('code', {
    filter: 'pre',
    replacement: (_, node: Element) => codeOf(node),
  });
  converter.addRule('entries', entryRule());
  converter.addRule('deletions', {
    filter: ['del', 's', 'strike'],
    replacement: (content) => {
      if (content.trim() === '') return '';
      // One in another: three tildes would begin a block of code.
      const hasMarker = content.startsWith('~~') || /(?<!\\)~~$/.test(content);
      return hasMarker ? content : `~~${content}~~`;
    },
  });
  return converter;
}

/** What makes a paragraph more than its words: markup, references, and characters of which parsers make others. */
const isMore = /[<&]|[^\P{Cc}\n]|[^\S \n]/u;

/**
 * Markdown of HTML that is nothing but paragraphs of words, as most comments are: a document for each would take most of the time of
 * an import.
 * @returns undefined: it is more
 */
function plainParagraphs(html: string): string | undefined {
  const parts = html.split('</p>');
  if (parts.pop() !== '') return undefined;
  const texts: string[] = [];
  for (const part of parts) {
    const words = part.slice('<p>'.length);
    if (!part.startsWith('<p>') || isMore.test(words)) return undefined;
    const text = escapeText(words.replace(/\s+/g, ' ').trim());
    if (text !== '') texts.push(text);
  }
  return texts.join('\n\n');
}

let converter: TurndownService | undefined;

/**
 * Markdown of foreign HTML: paragraphs, emphasis, links, quotations, lists, code and pictures, in articles headings as well. What
 * it becomes is rendered and sanitised like any other Markdown.
 */
export function markdownFromHtml(html: string, profile: Profile): string {
  return plainParagraphs(html) ?? convert(html, profile);
}

/** The Markdown of any HTML. Exported for the test that compares both ways. */
export function convert(html: string, profile: Profile): string {
  converter ??= createConverter();
  return converter.turndown(boundedHtml(sanitizeHtml(html, kept[profile])));
}

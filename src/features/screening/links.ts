import { withoutEnd } from '../../platform/text/split.ts';
/** A link of a rendered text. */
export interface TextLink {
  /** The host as `URL.hostname` writes it: lower case, in Punycode, without the dot of the root. */
  readonly host: string;
  readonly url: string;
}

const href = /<a [^>]*?href="([^"]*)"/gu;

/** The renderer escapes these in attributes, and no others. */
const entities: Readonly<Record<string, string>> = {
  '&amp;': '&',
  '&quot;': '"',
  '&lt;': '<',
  '&gt;': '>',
  '&#39;': "'",
};

const unescaped = (text: string): string =>
  text.replace(/&(?:amp|quot|lt|gt|#39);/gu, (entity) => entities[entity] ?? entity);

/** The links of a comment's HTML, as the service has rendered it, in their order. */
export function linksOf(html: string): TextLink[] {
  return Array.from(html.matchAll(href), ([, escaped = '']) => {
    const url = unescaped(escaped);
    const host = URL.canParse(url) ? hostOf(new URL(url)) : '';
    return { host, url };
  });
}

const title = /<a [^>]*?title="([^"]*)"/gu;

/** The titles of the links in a comment's HTML, which readers see when they point at one: they are no part of its text. */
export function linkTitlesOf(html: string): string[] {
  return Array.from(html.matchAll(title), ([, escaped = '']) => unescaped(escaped));
}

const hostOf = ({ hostname }: URL): string => withoutEnd(hostname, '.');

/** The longest host, in characters (RFC 1035, section 2.3.4). */
export const maxHostLength = 253;

const hostPattern = /^[\w-]+(?:\.[\w-]+)*$/u;

/** A host in the form in which it is stored and compared; undefined for a text that is none. */
export function toHost(text: string): string | undefined {
  const trimmed = text.trim().replace(/^\*?\./u, '');
  if (trimmed === '' || trimmed.length > maxHostLength || /[\s/@?#\\:]/u.test(trimmed)) return undefined;
  const url = `https://${trimmed}/`;
  if (!URL.canParse(url)) return undefined;
  const host = hostOf(new URL(url));
  return host.length <= maxHostLength && hostPattern.test(host) ? host : undefined;
}

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

/** The links of a comment's HTML, as the service has rendered it, in their order. */
export function linksOf(html: string): TextLink[] {
  return Array.from(html.matchAll(href), ([, escaped = '']) => {
    const url = escaped.replace(/&(?:amp|quot|lt|gt|#39);/gu, (entity) => entities[entity] ?? entity);
    const host = URL.canParse(url) ? hostOf(new URL(url)) : '';
    return { host, url };
  });
}

const hostOf = ({ hostname }: URL): string => hostname.replace(/\.+$/u, '');

/** A host in the form in which it is stored and compared; undefined for a text that is none. */
export function toHost(text: string): string | undefined {
  const trimmed = text.trim().replace(/^\*?\./u, '');
  if (trimmed === '' || trimmed.length > 253 || /[\s/@?#\\:]/u.test(trimmed)) return undefined;
  const url = `https://${trimmed}/`;
  if (!URL.canParse(url)) return undefined;
  const host = hostOf(new URL(url));
  return host === '' || host.length > 253 ? undefined : host;
}

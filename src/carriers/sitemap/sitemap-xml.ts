import { escapeHtml } from '../../platform/text/escape-html.ts';

/** An address in a sitemap, or a sitemap in the list of all of them. */
export interface Listed {
  /** Absolute, without characters that an address may not have. */
  readonly address: string;
  /** The time of the last change; null: not known. */
  readonly lastModified: Date | null;
}

const declaration = '<?xml version="1.0" encoding="UTF-8"?>\n';
const namespace = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"';

/** The beginning and the end of a sitemap. */
export const sitemapFrame = [`${declaration}<urlset ${namespace}>\n`, '</urlset>\n'] as const;

const members = ({ address, lastModified }: Listed): string =>
  `<loc>${escapeHtml(address)}</loc>${lastModified ? `<lastmod>${lastModified.toISOString()}</lastmod>` : ''}`;

/** Addresses of a sitemap. */
export const sitemapEntries = (listed: readonly Listed[]): string =>
  listed.map((each) => `<url>${members(each)}</url>\n`).join('');

/** The list of all sitemaps. */
export const sitemapIndex = (listed: readonly Listed[]): string =>
  `${declaration}<sitemapindex ${namespace}>\n${listed
    .map((each) => `<sitemap>${members(each)}</sitemap>\n`)
    .join('')}</sitemapindex>\n`;

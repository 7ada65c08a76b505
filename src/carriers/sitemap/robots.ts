import { pageRoutes, sitemapPath, unsubscribePath } from '../../platform/http/paths.ts';

/**
 * Paths that are of use to one reader only: nothing public links to them. Addresses of files and of the API are not
 * among them, because search engines run the page's script, and pages that say `noindex` have to be read to be left out.
 */
const ofOneReader = [
  pageRoutes.account,
  pageRoutes.write,
  pageRoutes.mails,
  pageRoutes.webhooks,
  pageRoutes.moderation,
  // Of `/my/comments` and so on.
  pageRoutes.myComments.slice(0, pageRoutes.myComments.lastIndexOf('/') + 1),
  `${unsubscribePath}/`,
];

/** The rules for programs that visit every page (RFC 9309). */
export function robotsText(siteUrl: string): string {
  // The addresses of the rules are those of the host: the site may be below a path of it.
  const base = new URL(siteUrl).pathname.replace(/\/$/, '');
  const rules = ofOneReader.map((path) => `Disallow: ${base}${path}\n`).join('');
  return `User-agent: *\n${rules}\nSitemap: ${siteUrl}${sitemapPath}\n`;
}

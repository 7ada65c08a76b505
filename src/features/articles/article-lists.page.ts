import { feedRoutes, fillRoute, pageRoutes } from '../../platform/http/paths.ts';
import { html, type Html } from '../../platform/page/html.ts';
import { feedAlternates } from '../../platform/page/page-alternates.ts';
import { excerpt } from '../../platform/page/page-head.ts';
import { withoutScripts } from '../../platform/page/page-layout.ts';
import type { ServedPage } from '../../platform/page/served.ts';
import { siteName } from '../../platform/text/site-name.ts';
import { isSlug } from '../../platform/text/slug.ts';
import { tagNameToFind } from '../../platform/text/tag-name.ts';
import { articleAddress, context, person } from './article.page.ts';
import type { PageOfFrontQuery, PageOfJournalistQuery, PageOfTagQuery } from './page.generated.ts';

const listed = '(first: 20) { nodes { slug title standfirst } }';

/**
 * A list of articles to be followed without scripts.
 * @param above what stands between the heading and the list
 */
function listContent(heading: string, articles: PageOfFrontQuery['articles'], above?: Html): Html {
  const items = articles?.nodes.map(
    ({ slug, title, standfirst }) =>
      html`<li>
        <a dir="auto" lang="" href="${articleAddress(slug)}">${title}</a>
        ${standfirst && html`<p dir="auto" lang="">${standfirst}</p>`}
      </li>`,
  );
  return withoutScripts(
    html`<h1 dir="auto" lang="">${heading}</h1>
      ${above}
      <ul>
        ${items}
      </ul>`,
  );
}

/** The front page, whose address also answers programs. Its slot, on `Query`, is above the list of articles. */
export const frontPage: ServedPage = {
  operation: `query PageOfFront { articles${listed} ...frontUpper }`,
  view: async (data: PageOfFrontQuery, page) => {
    const url = `${page.siteUrl}/`;
    return {
      head: {
        canonical: url,
        type: 'website',
        alternates: feedAlternates(siteName, page.siteUrl + feedRoutes.site),
        jsonLd: { '@context': context, '@type': 'WebSite', name: siteName, url },
      },
      content: listContent(siteName, data.articles, await page.partsAt('frontUpper', data)),
    };
  },
};

/** A journalist and their articles. */
export const journalistPage: ServedPage = {
  operation: `query PageOfJournalist($slug: String!) {
    journalist(slug: $slug) { name slug permalink photoUrl bioText articles${listed} }
  }`,
  variables: ({ slug }) => (isSlug(slug) ? { slug } : undefined),
  view: ({ journalist }: PageOfJournalistQuery, { siteUrl }) => {
    if (!journalist) return undefined;
    const { slug, name, permalink, photoUrl, bioText, articles } = journalist;
    return {
      head: {
        title: name,
        description: excerpt(bioText),
        canonical: permalink,
        type: 'profile',
        image: photoUrl,
        alternates: feedAlternates(name, siteUrl + fillRoute(feedRoutes.journalist, { slug })),
        jsonLd: {
          '@context': context,
          '@type': 'ProfilePage',
          url: permalink,
          mainEntity: { ...person(journalist), description: bioText ?? undefined },
        },
      },
      content: listContent(name, articles),
    };
  },
};

/** A tag and its articles. */
export const tagPage: ServedPage = {
  operation: `query PageOfTag($name: String!) { tag(name: $name) { name articles${listed} } }`,
  variables: ({ name: given = '' }) => {
    const name = tagNameToFind(given);
    return name === undefined ? undefined : { name };
  },
  view: ({ tag }: PageOfTagQuery, { siteUrl }) => {
    if (!tag) return undefined;
    const { name, articles } = tag;
    return {
      head: {
        title: `#${name}`,
        canonical: siteUrl + fillRoute(pageRoutes.tag, { name }),
        type: 'website',
        alternates: feedAlternates(`#${name}`, siteUrl + fillRoute(feedRoutes.tag, { name })),
      },
      content: listContent(`#${name}`, articles),
    };
  },
};

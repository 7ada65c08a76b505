import { fillRoute, pageRoutes } from '../../platform/http/paths.ts';
import { html, Html } from '../../platform/page/html.ts';
import { oembedAlternate } from '../../platform/page/page-alternates.ts';
import { excerpt, type JsonLd, type PageHead } from '../../platform/page/page-head.ts';
import { layout, portrait } from '../../platform/page/page-layout.ts';
import { dayOf, formatNumber } from '../../platform/page/page-texts.ts';
import type { OpenPage, ServedPage } from '../../platform/page/served.ts';
import { siteName } from '../../platform/text/site-name.ts';
import { isSlug } from '../../platform/text/slug.ts';
import type { PageOfArticleQuery } from './page.generated.ts';

/** Texts of an article, as in `web/texts.ts`. */
export const texts = {
  notPublished: 'Not published',
  firstPublished: 'First published at',
  contactHidden: (count: number) =>
    count === 1
      ? 'The e-mail address in this text is hidden from programs that collect addresses.'
      : 'The e-mail addresses in this text are hidden from programs that collect addresses.',
  contactSignIn: (count: number) =>
    count === 1 ? 'Sign in to see the address' : 'Sign in to see the addresses',
  signedBy: (count: string) => `Signed by ${count}`,
} as const;

/** The address of an article's page on this site. */
export const articleAddress = (slug: string): string => fillRoute(pageRoutes.article, { slug });

/** An article as the page shows it before any script runs, without the parts of other features. */
type PageArticle = NonNullable<PageOfArticleQuery['article']>;

/** The slots of pages about an article, in the order of what their parts say to search engines. */
const slots = ['articleHead', 'articleMiddle', 'articleUpper', 'articleLower'];

/**
 * The selection on an article for its page, and for other pages with its head. The slots stand on `Article`: `articleHead` is for parts
 * that add to the head alone, the others are below the text, from above to below.
 */
export const articleSelection = `{
  slug title standfirst bodyHtml bodyText publishedAt updatedAt permalink canonicalUrl contactAddressCount
  author { name slug permalink photoUrl location }
  signatures { name role organisation }
  tags { name }
  ${slots.map((slot) => `...${slot}`).join(' ')}
}`;

/** The context of JSON-LD. */
export const context = 'https://schema.org';

/** A person by schema.org. */
export const person = ({
  name,
  permalink,
  photoUrl,
}: Pick<PageArticle['author'], 'name' | 'permalink' | 'photoUrl'>): JsonLd => ({
  '@type': 'Person',
  name,
  url: permalink,
  image: photoUrl ?? undefined,
});

/** A number of what readers have done, by schema.org: a member of `interactionStatistic`. */
export const interactions = (action: string, count: number): JsonLd => ({
  '@type': 'InteractionCounter',
  interactionType: { '@type': action },
  userInteractionCount: count,
});

/** Whether a value can be a cursor: base64url. The parameter of a query may be there several times. */
const isCursor = (value: unknown): value is string =>
  typeof value === 'string' && /^[\w-]{1,512}$/.test(value);

/**
 * An article with the parts of other features, complete as it is shown. By `after` of the query it has later comments than the first ones:
 * for search engines its canonical page is the article's all the same.
 */
export const articlePage: ServedPage = {
  operation: `query PageOfArticle($slug: String!, $after: Cursor) { article(slug: $slug) ${articleSelection} }`,
  variables: ({ slug }, { after }) => {
    if (!isSlug(slug)) return undefined;
    // Without the variable, so that the article's own page has one answer in memory.
    if (after === undefined) return { slug };
    return isCursor(after) ? { slug, after } : undefined;
  },
  view: async ({ article }: PageOfArticleQuery, page) => {
    if (!article) return undefined;
    const at = (slot: string) => page.partsAt(slot, article);
    const content = html`<div class="page article-page">
      ${articleText(article)} ${await at('articleUpper')} ${await at('articleMiddle')}
      ${await at('articleLower')}
    </div>`;
    return { head: articleHead(article, page), content: layout(content) };
  },
};

/** The head of an article's page. */
export function articleHead(article: PageArticle, page: OpenPage): PageHead {
  const { title, standfirst, bodyText, author, tags, permalink } = article;
  const { alternates, jsonLd } = page.headOf(slots, article);
  return {
    title,
    description: excerpt(standfirst ?? bodyText),
    canonical: article.canonicalUrl ?? permalink,
    type: 'article',
    image: author.photoUrl,
    properties: [
      ['article:published_time', article.publishedAt],
      ['article:author', author.permalink],
      ...(tags ?? []).map(({ name }) => ['article:tag', name] as const),
    ],
    alternates: [...alternates, oembedAlternate(title, page.siteUrl, permalink)],
    jsonLd: { ...articleJsonLd(article), ...jsonLd },
  };
}

/** An article by schema.org. Its text is in the page itself. */
function articleJsonLd(article: PageArticle): JsonLd {
  const { tags, permalink } = article;
  return {
    '@context': context,
    '@type': 'NewsArticle',
    '@id': permalink,
    headline: article.title,
    description: article.standfirst ?? undefined,
    datePublished: article.publishedAt ?? undefined,
    dateModified: article.updatedAt,
    author: person(article.author),
    publisher: { '@type': 'Organization', name: siteName },
    url: permalink,
    mainEntityOfPage: article.canonicalUrl ?? permalink,
    keywords: tags?.length ? tags.map(({ name }) => name) : undefined,
    isAccessibleForFree: true,
  };
}

/** The article itself, as `ArticleText` of the page. */
function articleText(article: PageArticle): Html {
  const { title, standfirst, bodyHtml, contactAddressCount, signatures, canonicalUrl, tags } = article;
  return html`<article class="article" aria-labelledby="headline">
    <header class="article-head">
      <h1 dir="auto" lang="" id="headline" tabindex="-1">${title}</h1>
      ${standfirst !== null && html`<p dir="auto" lang="" class="standfirst">${standfirst}</p>`}${byline(article)}
    </header>
    <div class="prose" lang="">${new Html(bodyHtml)}</div>
    ${contactAddressCount > 0 && contact(contactAddressCount)}
    ${signatures.length > 0 && signatureList(signatures)}
    ${canonicalUrl !== null && origin(canonicalUrl)}${tags?.length ? tagList(tags) : null}
  </article>`;
}

function byline({ author, publishedAt }: PageArticle): Html {
  const { name, slug, location } = author;
  return html`<div class="byline">
    ${portrait(author, 48)}
    <div>
      <a href="${fillRoute(pageRoutes.journalist, { slug })}" class="byline-name" rel="author"
        ><bdi lang="">${name}</bdi></a
      >
      ${location !== null && html`<span class="byline-location"><bdi lang="">${location}</bdi></span>`}
      <span class="byline-date">${publishedAt === null ? texts.notPublished : dayOf(publishedAt)}</span>
    </div>
  </div>`;
}

const placeOf = (...parts: readonly (string | null)[]): Html[] =>
  parts.filter(Boolean).map((part, at) => html`${at > 0 && ', '}<bdi lang="">${part}</bdi>`);

function signatureList(signatures: PageArticle['signatures']): Html {
  const items = signatures.map(
    ({ name, role, organisation }) =>
      html`<li>
        <span class="signature-name"><bdi lang="">${name}</bdi></span
        ><span class="signature-role">${placeOf(role, organisation)}</span>
      </li>`,
  );
  return html`<section class="signatures" aria-labelledby="signatures">
    <h2 id="signatures">${texts.signedBy(formatNumber(signatures.length))}</h2>
    <ul>
      ${items}
    </ul>
  </section>`;
}

/** As `ContactAddresses` of the page for those who are not signed in. */
const contact = (count: number): Html =>
  html`<div class="contact-addresses" id="addresses">
    <p>${texts.contactHidden(count)}</p>
    <p class="is-reserved">${texts.contactSignIn(count)}</p>
  </div>`;

const origin = (url: string): Html =>
  html`<p class="article-origin">${texts.firstPublished} <a href="${url}">${new URL(url).host}</a></p>`;

function tagList(tags: NonNullable<PageArticle['tags']>): Html {
  const items = tags.map(
    ({ name }) =>
      html`<li><a dir="auto" lang="" href="${fillRoute(pageRoutes.tag, { name })}">#${name}</a></li>`,
  );
  return html`<ul class="tag-list">
    ${items}
  </ul>`;
}

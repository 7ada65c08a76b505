import { fillRoute, pageRoutes } from '../../platform/http/paths.ts';
import { html, Html } from '../../platform/page/html.ts';
import { portrait } from '../../platform/page/page-layout.ts';
import type { PageArticle, PageEndorsements } from '../../carriers/site/page-operations.ts';
import { formatDay, formatNumber, texts } from '../../platform/page/page-texts.ts';

/** The address of an article's page on this site. */
export const articleAddress = (slug: string): string => fillRoute(pageRoutes.article, { slug });

/** The article itself, as `ArticleText` of the page. */
export function articleText(article: PageArticle): Html {
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

const dayOf = (time: string): Html => html`<time datetime="${time}">${formatDay(time)}</time>`;

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

/** Number and list of the endorsements, as `Endorsements` of the page. */
export function endorsements({ endorsementCount, endorsements: list }: PageArticle): Html {
  return html`<section class="endorsements" aria-labelledby="endorsements">
    <h2 id="endorsements">${texts.endorsements(endorsementCount)}</h2>
    <div class="endorse-control">
      <p class="is-reserved"><span class="button">${texts.signInToEndorse}</span></p>
    </div>
    ${list && list.nodes.length > 0 && endorsementList(list)}
    ${list?.pageInfo.hasNextPage && html`<span class="button is-reserved">${texts.moreEndorsements}</span>`}
  </section>`;
}

function endorsementList({ nodes }: PageEndorsements): Html {
  const items = nodes.map(
    ({ displayName, sharesNameWithJournalist, affiliation, statement, origin: madeBy, createdAt }) =>
      html`<li class="endorsement">
        ${statement !== null && html`<p dir="auto" lang="" class="endorsement-statement">${statement}</p>`}
        <p class="endorsement-by">
          <span class="endorsement-name"><bdi lang="">${displayName}</bdi></span
          >${sharesNameWithJournalist && html`<span>${texts.namesake}</span>`}${
            affiliation !== null && html`<span><bdi lang="">${affiliation}</bdi></span>`
          }${dayOf(createdAt)}${madeBy === 'IMPORT' && html`<span>${texts.imported}</span>`}
        </p>
      </li>`,
  );
  return html`<ul class="endorsement-list">
    ${items}
  </ul>`;
}

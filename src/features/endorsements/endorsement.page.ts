import { html, type Html } from '../../platform/page/html.ts';
import { dayOf, formatCount, texts as shared } from '../../platform/page/page-texts.ts';
import type { PagePart } from '../../platform/page/served.ts';
import { interactions } from '../articles/article.page.ts';
import type { EndorsementsFragment } from './page.generated.ts';

/** Texts of endorsements, as in `web/texts.ts`. */
export const texts = {
  endorsements: (count: number) => formatCount(count, 'endorsement', 'endorsements'),
  signInToEndorse: 'Sign in to endorse',
  imported: 'imported',
  moreEndorsements: 'More endorsements',
} as const;

/** The endorsements on an article's page: the newest ones, and whether there are more. */
export const endorsementsPart: PagePart = {
  slot: 'articleMiddle',
  fragment: `on Article {
    endorsementCount
    endorsements(first: 6) {
      nodes { displayName sharesNameWithJournalist affiliation statement origin createdAt }
      pageInfo { hasNextPage }
    }
  }`,
  html: endorsements,
  head: ({ endorsementCount }: EndorsementsFragment) => ({
    jsonLd: { interactionStatistic: [interactions('EndorseAction', endorsementCount)] },
  }),
};

/** Number and list of the endorsements, as `Endorsements` of the page. */
function endorsements({ endorsementCount, endorsements: list }: EndorsementsFragment): Html {
  return html`<section class="endorsements" aria-labelledby="endorsements">
    <h2 id="endorsements">${texts.endorsements(endorsementCount)}</h2>
    <div class="endorse-control">
      <p class="is-reserved"><span class="button">${texts.signInToEndorse}</span></p>
    </div>
    ${list && list.nodes.length > 0 && endorsementList(list)}
    ${list?.pageInfo.hasNextPage && html`<span class="button is-reserved">${texts.moreEndorsements}</span>`}
  </section>`;
}

function endorsementList({ nodes }: NonNullable<EndorsementsFragment['endorsements']>): Html {
  const items = nodes.map(
    ({ displayName, sharesNameWithJournalist, affiliation, statement, origin: madeBy, createdAt }) =>
      html`<li class="endorsement">
        ${statement !== null && html`<p dir="auto" lang="" class="endorsement-statement">${statement}</p>`}
        <p class="endorsement-by">
          <span class="endorsement-name"><bdi lang="">${displayName}</bdi></span
          >${sharesNameWithJournalist && html`<span>${shared.namesake}</span>`}${
            affiliation !== null && html`<span><bdi lang="">${affiliation}</bdi></span>`
          }${dayOf(createdAt)}${madeBy === 'IMPORT' && html`<span>${texts.imported}</span>`}
        </p>
      </li>`,
  );
  return html`<ul class="endorsement-list">
    ${items}
  </ul>`;
}

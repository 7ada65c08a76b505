import { pageRoutes } from '../../platform/http/paths.ts';
import { html, type Html, noscript } from '../../platform/page/html.ts';
import type { JsonLd } from '../../platform/page/page-head.ts';
import { texts as shared } from '../../platform/page/page-texts.ts';
import type { PagePart } from '../../platform/page/served.ts';
import { articleAddress, interactions, person } from '../articles/article.page.ts';
import { meter, money, type PageCampaign, stateOf } from './campaign.page.ts';
import { decimalOf, formatDeadline, formatMoney, servedOnly, texts } from './campaign-page-texts.ts';
import type { PageOfCampaignQuery, SupportBoxFragment } from './page.generated.ts';

/** What takes further statements: the newest backers who are named, and what the milestones have unlocked. */
type Extras = NonNullable<NonNullable<PageOfCampaignQuery['article']>['campaign']>;

/** As many backers as the script's page shows at a time. */
const extras = `query PageOfCampaign($slug: String!) {
    article(slug: $slug) {
      campaign {
        milestones { position unlockedArticle { slug title } }
        backers(first: 20) { nodes { name sharesNameWithJournalist amount ${money} } pageInfo { hasNextPage } }
      }
    }
  }`;

/** The box of a campaign on its article's page. */
export const supportBoxPart: PagePart = {
  slot: 'articleUpper',
  fragment: `on Article {
    slug permalink author { name permalink photoUrl }
    campaign {
      status testMode takesPledges deadline backerCount
      pledged ${money} collected ${money} paidOut ${money}
      milestones { position title description status goal ${money} }
    }
  }`,
  more: extras,
  html: async (article: SupportBoxFragment, { read }) => {
    const { slug, campaign } = article;
    if (!campaign) return null;
    const found = mayHaveExtras(campaign) ? await read<PageOfCampaignQuery>(extras, { slug }) : undefined;
    return support(slug, campaign, found?.article?.campaign ?? undefined);
  },
  head: (article: SupportBoxFragment) => ({ jsonLd: campaignJsonLd(article) }),
};

/** Whether a campaign can have extras. They take statements of their own. */
const mayHaveExtras = ({ backerCount, milestones }: PageCampaign): boolean =>
  backerCount > 0 || milestones.some(({ status }) => ['REACHED', 'FUNDED', 'SHORT'].includes(status));

/**
 * The box of a campaign, as `SupportBox` of the page.
 * @param extras undefined: the campaign has none, or they could not be read
 */
function support(slug: string, campaign: PageCampaign, extras?: Extras): Html {
  const { status, testMode, takesPledges, pledged, collected, paidOut, backerCount, milestones } = campaign;
  const signIn = `${pageRoutes.signIn}?next=${encodeURIComponent(`${articleAddress(slug)}#support`)}`;
  return html`<section class="support${status === 'LIVE' ? ' is-steady' : ''}" aria-labelledby="support">
    ${testMode && html`<p class="test-mode">${texts.testMode}</p>`}
    <h2 id="support">${texts.support}</h2>
    ${meter(campaign)}
    <p class="meter-legend" aria-hidden="true">
      <span class="is-collected">${texts.collected}</span><span class="is-pledged">${texts.pledged}</span
      ><span class="is-goal">${texts.meterGoals}</span>
    </p>
    <dl class="support-figures">
      ${figure(texts.pledged, pledged)}${figure(texts.collected, collected)}${figure(texts.paidOut, paidOut)}
    </dl>
    <p class="hint">
      ${texts.pledgeCount(backerCount)}<br />${stateOf(campaign, (time) => texts.deadline(formatDeadline(time)))}
    </p>
    <h3>${texts.milestones}</h3>
    <ol class="milestones">
      ${milestones.map((each) => milestone(each, takesPledges, extras))}
    </ol>
    ${backers(campaign, extras)}
    <p class="support-terms">${termsOf(campaign)}</p>
    <div class="pledge-control">
      ${
        takesPledges &&
        html`<p><a class="button button-primary" href="${signIn}">${texts.signInToPledge}</a></p>
          ${noscript(html`<p class="hint">${servedOnly.pledgeByScript}</p>`)}`
      }
    </div>
    <details class="ledger">
      <summary>${texts.ledger}</summary>
      <p class="hint">${servedOnly.ledgerByScript}</p>
    </details>
  </section>`;
}

const isReached = ({ status }: PageCampaign['milestones'][number]): boolean =>
  status === 'REACHED' || status === 'FUNDED' || status === 'SHORT';

/** As `termsOf` and `missingOf` of the page. */
function termsOf({ status, takesPledges, pledged, collected, milestones }: PageCampaign): string {
  if (status === 'DRAFT') return '';
  const terms = status === 'LIVE' && !takesPledges ? texts.notTaken : texts.campaignTerms[status];
  const isAllDue = status === 'SUCCEEDED';
  const due = isAllDue ? pledged : milestones.findLast(isReached)?.goal;
  const missing = BigInt(due?.minorUnits ?? 0) - BigInt(collected.minorUnits);
  if (missing <= 0n) return terms;
  const amount = formatMoney({ ...pledged, minorUnits: String(missing) });
  return `${terms} ${texts.notCollected(amount, isAllDue)}`;
}

const figure = (name: string, value: PageCampaign['pledged']): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${formatMoney(value)}</dd>
  </div>`;

function milestone(
  { position, title, description, goal, status }: PageCampaign['milestones'][number],
  takesPledges: boolean,
  extras: Extras | undefined,
): Html {
  const unlocked = extras?.milestones.find((each) => each.position === position)?.unlockedArticle;
  const link =
    unlocked &&
    html`<a href="${articleAddress(unlocked.slug)}"
      >${texts.unlockedArticle} “<bdi lang="">${unlocked.title}</bdi>”</a
    >`;
  const state = status === 'OPEN' && !takesPledges ? texts.milestoneClosed : texts.milestoneStates[status];
  return html`<li class="milestone is-${status.toLowerCase()}">
    <p class="milestone-title">
      <strong dir="auto" lang="">${title}</strong> <span>${formatMoney(goal)}</span>
    </p>
    ${description !== '' && html`<p dir="auto" lang="" class="milestone-purpose">${description}</p>`}
    <p class="milestone-state"><span>${state}</span>${link}</p>
  </li>`;
}

/** How many backers the line of the newest ones names. */
const inLine = 3;

/** The backers who are named, as `BackersLine` of the page; without scripts, those that do not fit its line as well. */
function backers(campaign: PageCampaign, extras: Extras | undefined): Html {
  const named = extras?.backers?.nodes ?? [];
  const items = named.map(
    ({ name, sharesNameWithJournalist, amount }) =>
      html`<li>
        <span class="backer-name"><bdi lang="">${name}</bdi></span>
        ${sharesNameWithJournalist && html`<span class="comment-mark">${shared.namesake}</span> `}<span
          >${formatMoney(amount)}</span
        >
      </li>`,
  );
  const list = html`<ul class="backer-list" aria-label="${texts.backersTitle}">
    ${items}${extras?.backers?.pageInfo.hasNextPage && html`<li>${servedOnly.moreBackers}</li>`}
  </ul>`;
  return html`<div class="backers">
    <p class="backers-line">
      <span class="backers-latest">${latestOf(campaign, extras)}</span>
      ${named.length > 0 && html`<span class="link-button is-reserved">${texts.allBackers}</span>`}
    </p>
    ${named.length > inLine && noscript(list)}
  </div>`;
}

/** As `Latest` of the page, or a sentence in its place. */
function latestOf(
  { takesPledges, backerCount }: PageCampaign,
  extras: Extras | undefined,
): Html | string | readonly Html[] {
  const latest = (extras?.backers?.nodes ?? []).slice(0, inLine);
  if (latest.length > 0)
    return latest.map(
      ({ name, sharesNameWithJournalist, amount }, index) =>
        html`<span class="backer-latest"
          ><span>${index === 0 ? texts.backedBy : ','} <bdi lang="">${name}</bdi></span>
          ${sharesNameWithJournalist && html`<span>${shared.namesake} </span>`}<span
            >(${formatMoney(amount)})</span
          ></span
        >`,
    );
  // Whether somebody is named is unknown where the extras could not be read.
  if (backerCount > 0) return extras ? texts.noBackersEver : '';
  return takesPledges ? texts.noBackers : texts.noPledges;
}

/**
 * The campaign of an article. schema.org has no type for crowdfunding: `funding` by a `MonetaryGrant` says what backers
 * have paid for the work, `DonateAction` that and until when others can. Neither is said of pledges that are not
 * collected, nor of a campaign in test mode, in which no money moves.
 */
function campaignJsonLd({ campaign, permalink, author }: SupportBoxFragment): JsonLd {
  if (!campaign || campaign.testMode) return {};
  const { collected, takesPledges, deadline, backerCount } = campaign;
  const { currency } = collected;
  const url = `${permalink}#support`;
  return {
    interactionStatistic: [interactions('DonateAction', backerCount)],
    funding:
      BigInt(collected.minorUnits) > 0n
        ? {
            '@type': 'MonetaryGrant',
            url,
            amount: { '@type': 'MonetaryAmount', value: decimalOf(collected), currency },
          }
        : undefined,
    potentialAction: takesPledges
      ? { '@type': 'DonateAction', target: url, recipient: person(author), endTime: deadline }
      : undefined,
  };
}

import { pageRoutes } from '../../platform/http/paths.ts';
import { html, type Html, noscript } from '../../platform/page/html.ts';
import { articleAddress } from '../articles/article.page.ts';
import type {
  ListedCampaign,
  ListedCampaigns,
  PageArticle,
  PageCampaign,
  PageCampaignExtras,
} from '../../carriers/site/page-operations.ts';
import { formatDay, formatDeadline, formatMoney, servedOnly, texts } from '../../platform/page/page-texts.ts';

type Milestones = PageCampaign['milestones'];

const presentGoal = <Milestone extends Pick<Milestones[number], 'status'>>(
  milestones: readonly Milestone[],
): Milestone | undefined =>
  milestones.find(({ status }) => status === 'OPEN' || status === 'MISSED') ?? milestones.at(-1);

/** How far a total is on the way to a goal, in thousandths, at most 1000. */
function thousandths(total: bigint, goal: bigint): number {
  if (goal <= 0n || total <= 0n) return 0;
  return total >= goal ? 1000 : Number((total * 1000n) / goal);
}

/** As `SupportMeter` of the page: a drawing, because the Content-Security-Policy forbids the style of a width. */
function meter({ pledged, collected, milestones }: PageCampaign): Html {
  const goal = milestones.at(-1)?.goal ?? pledged;
  const ofGoal = ({ minorUnits }: { readonly minorUnits: string }): number =>
    thousandths(BigInt(minorUnits), BigInt(goal.minorUnits));
  const goals = milestones
    .slice(0, -1)
    .map((each) => html`<rect class="meter-goal" x="${ofGoal(each.goal)}" width="3" height="10" />`);
  return html`<div
    class="support-meter"
    role="meter"
    aria-label="${texts.meterLabel}"
    aria-valuemin="0"
    aria-valuemax="1000"
    aria-valuenow="${ofGoal(pledged)}"
    aria-valuetext="${texts.meterText(
      formatMoney(pledged),
      formatMoney(collected),
      milestones.map((each) => formatMoney(each.goal)).join(', '),
    )}"
  >
    <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="meter-pledged" width="${ofGoal(pledged)}" height="10" />
      <rect class="meter-collected" width="${ofGoal(collected)}" height="10" />
      ${goals}
    </svg>
  </div>`;
}

/**
 * The deadline, or how the campaign has ended: how much time is left would change with the time.
 * @param show what is said of the deadline
 */
const stateOf = (
  { status, deadline }: Pick<PageCampaign, 'status' | 'deadline'>,
  show = (time: string) => texts.until(formatDay(time)),
): string => (status === 'LIVE' || status === 'DRAFT' ? show(deadline) : texts.campaignStatuses[status]);

/** The campaign in one line, as `SupportLine` of the page. */
export function supportLine({ campaign }: PageArticle): Html | null {
  if (!campaign) return null;
  const { pledged, milestones, testMode } = campaign;
  const goal = presentGoal(milestones)?.goal ?? pledged;
  return html`<a class="support-line" href="#support"
    >${meter(campaign)}<span class="support-line-text"
      ><strong>${texts.pledgedOf(formatMoney(pledged), formatMoney(goal))}</strong> ·
      ${stateOf(campaign)}</span
    >${testMode && html`<span class="support-line-text">${texts.testMode}</span>`}</a
  >`;
}

/** Whether a campaign can have extras. They take statements of their own. */
export const mayHaveExtras = ({ backerCount, milestones }: PageCampaign): boolean =>
  backerCount > 0 || milestones.some(({ status }) => ['REACHED', 'FUNDED', 'SHORT'].includes(status));

/**
 * The box of a campaign, as `SupportBox` of the page.
 * @param extras undefined: the campaign has none, or they could not be read
 */
export function support({ slug, campaign }: PageArticle, extras?: PageCampaignExtras): Html | null {
  if (!campaign) return null;
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

const isReached = ({ status }: Milestones[number]): boolean =>
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
  { position, title, description, goal, status }: Milestones[number],
  takesPledges: boolean,
  extras: PageCampaignExtras | undefined,
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
function backers(campaign: PageCampaign, extras: PageCampaignExtras | undefined): Html {
  const named = extras?.backers?.nodes ?? [];
  const items = named.map(
    ({ name, sharesNameWithJournalist, amount }) =>
      html`<li>
        <span class="backer-name"><bdi lang="">${name}</bdi></span>
        ${sharesNameWithJournalist && html`<span class="comment-mark">${texts.namesake}</span> `}<span
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
  extras: PageCampaignExtras | undefined,
): Html | string | readonly Html[] {
  const latest = (extras?.backers?.nodes ?? []).slice(0, inLine);
  if (latest.length > 0)
    return latest.map(
      ({ name, sharesNameWithJournalist, amount }, index) =>
        html`<span class="backer-latest"
          ><span>${index === 0 ? texts.backedBy : ','} <bdi lang="">${name}</bdi></span>
          ${sharesNameWithJournalist && html`<span>${texts.namesake} </span>`}<span
            >(${formatMoney(amount)})</span
          ></span
        >`,
    );
  // Whether somebody is named is unknown where the extras could not be read.
  if (backerCount > 0) return extras ? texts.noBackersEver : '';
  return takesPledges ? texts.noBackers : texts.noPledges;
}

/** Campaigns that take pledges, as `CampaignList` of the page. */
export function campaignList(campaigns: readonly ListedCampaign[]): Html {
  const items = campaigns.map((campaign) => {
    const { testMode, pledged, milestones, article } = campaign;
    const goal = presentGoal(milestones)?.goal ?? pledged;
    return html`<li>
      <a dir="auto" lang="" href="${articleAddress(article.slug)}">${article.title}</a>
      <p class="facts">
        <span>${texts.pledgedOf(formatMoney(pledged), formatMoney(goal))}</span>
        <span>${stateOf(campaign)}</span>
        ${testMode && html`<span>${texts.testMode}</span>`}
      </p>
    </li>`;
  });
  return html`<ul class="campaign-list">
    ${items}
  </ul>`;
}

/** The few that the front page names, with the way to all of them. */
export function raisingNow(campaigns: ListedCampaigns): Html | null {
  const { nodes, pageInfo } = campaigns ?? { nodes: [] };
  if (nodes.length === 0) return null;
  return html`<section class="page-section raising" aria-labelledby="raising">
    <h2 id="raising">${texts.raisingMoney}</h2>
    ${campaignList(nodes)}
    ${pageInfo?.hasNextPage && html`<p><a href="${pageRoutes.campaigns}">${texts.allRaising}</a></p>`}
  </section>`;
}

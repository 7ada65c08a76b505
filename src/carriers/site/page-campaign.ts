import { pageRoutes } from '../../http/paths.ts';
import { html, type Html } from './html.ts';
import { articleAddress } from './page-article.ts';
import type { PageArticle, PageCampaign } from './page-operations.ts';
import { formatDay, formatMoney, texts } from './page-texts.ts';

type Milestones = PageCampaign['milestones'];

const presentGoal = (milestones: Milestones): Milestones[number] | undefined =>
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
    aria-valuetext="${texts.pledgedOf(formatMoney(pledged), formatMoney(goal))}"
  >
    <svg viewBox="0 0 1000 10" preserveAspectRatio="none" aria-hidden="true">
      <rect class="meter-pledged" width="${ofGoal(pledged)}" height="10" />
      <rect class="meter-collected" width="${ofGoal(collected)}" height="10" />
      ${goals}
    </svg>
  </div>`;
}

/** The day of the deadline, or how the campaign has ended: how much time is left would change with the time. */
const stateOf = ({ status, deadline }: PageCampaign): string =>
  status === 'LIVE' || status === 'DRAFT' ? texts.until(formatDay(deadline)) : texts.campaignStatuses[status];

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

/**
 * The box of a campaign, as `SupportBox` of the page. Backers and unlocked articles are not in it: each would take
 * statements of its own.
 */
export function support({ slug, campaign }: PageArticle): Html | null {
  if (!campaign) return null;
  const { status, testMode, takesPledges, pledged, collected, paidOut, backerCount, milestones } = campaign;
  const signIn = `${pageRoutes.signIn}?next=${encodeURIComponent(`${articleAddress(slug)}#support`)}`;
  return html`<section class="support${status === 'LIVE' ? ' is-steady' : ''}" aria-labelledby="support">
    ${testMode && html`<p class="test-mode">${texts.testMode}</p>`}
    <h2 id="support">${texts.support}</h2>
    ${meter(campaign)}
    <dl class="support-figures">
      ${figure(texts.pledged, pledged)}${figure(texts.collected, collected)}${figure(texts.paidOut, paidOut)}
    </dl>
    <p class="hint">${texts.backers(backerCount)} · ${stateOf(campaign)}</p>
    <h3>${texts.milestones}</h3>
    <ol class="milestones">
      ${milestones.map(milestone)}
    </ol>
    <div class="backers"><p class="backers-line"></p></div>
    <p class="support-terms">${termsOf(campaign)}</p>
    <div class="pledge-control">
      ${
        takesPledges &&
        html`<p><a class="button button-primary" href="${signIn}">${texts.signInToPledge}</a></p>`
      }
    </div>
  </section>`;
}

function termsOf({ status, takesPledges, pledged, collected }: PageCampaign): string {
  if (status === 'DRAFT') return '';
  const missing = BigInt(pledged.minorUnits) - BigInt(collected.minorUnits);
  if (status === 'SUCCEEDED' && missing > 0n) {
    const words = texts.notCollected(formatMoney({ ...pledged, minorUnits: String(missing) }));
    return `${texts.campaignTerms.SUCCEEDED} ${words}`;
  }
  return status === 'LIVE' && !takesPledges ? texts.notTaken : texts.campaignTerms[status];
}

const figure = (name: string, value: PageCampaign['pledged']): Html =>
  html`<div>
    <dt>${name}</dt>
    <dd>${formatMoney(value)}</dd>
  </div>`;

const milestone = ({ title, description, goal, status }: Milestones[number]): Html =>
  html`<li class="milestone is-${status.toLowerCase()}">
    <p class="milestone-title"><strong>${title}</strong> <span>${formatMoney(goal)}</span></p>
    ${description !== '' && html`<p class="milestone-purpose">${description}</p>`}
    <p class="milestone-state"><span>${texts.milestoneStates[status]}</span></p>
  </li>`;

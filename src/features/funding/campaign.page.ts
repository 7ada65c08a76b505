import { pageRoutes } from '../../platform/http/paths.ts';
import { html, type Html } from '../../platform/page/html.ts';
import { withoutScripts } from '../../platform/page/page-layout.ts';
import { formatDay } from '../../platform/page/page-texts.ts';
import type { PagePart, ServedPage } from '../../platform/page/served.ts';
import { articleAddress } from '../articles/article.page.ts';
import { formatMoney, servedOnly, texts } from './campaign-page-texts.ts';
import type { PageOfCampaignsQuery, RaisingNowFragment, SupportBoxFragment } from './page.generated.ts';

/** An article's campaign, without what would take a further statement. */
export type PageCampaign = NonNullable<SupportBoxFragment['campaign']>;

type Milestones = PageCampaign['milestones'];

/** The goal to which pledges go now, or the last one that they went to. */
export const presentGoal = <Milestone extends Pick<Milestones[number], 'status'>>(
  milestones: readonly Milestone[],
): Milestone | undefined =>
  milestones.find(({ status }) => status === 'OPEN' || status === 'MISSED') ?? milestones.at(-1);

/** How far a total is on the way to a goal, in thousandths, at most 1000. */
function thousandths(total: bigint, goal: bigint): number {
  if (goal <= 0n || total <= 0n) return 0;
  return total >= goal ? 1000 : Number((total * 1000n) / goal);
}

/** As `SupportMeter` of the page: a drawing, because the Content-Security-Policy forbids the style of a width. */
export function meter({ pledged, collected, milestones }: PageCampaign): Html {
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
export const stateOf = (
  { status, deadline }: Pick<PageCampaign, 'status' | 'deadline'>,
  show = (time: string) => texts.until(formatDay(time)),
): string => (status === 'LIVE' || status === 'DRAFT' ? show(deadline) : texts.campaignStatuses[status]);

/** The campaign in one line, as `SupportLine` of the page. */
function supportLine({ campaign }: SupportBoxFragment): Html | null {
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

/** The line above the discussion; the box of the campaign has its data. */
export const supportLinePart: PagePart = { slot: 'discussionHead', html: supportLine };

type ListedCampaigns = NonNullable<PageOfCampaignsQuery['campaigns']>;

/** The selection on an amount. */
export const money = '{ minorUnits currency }';

const listed = `{
  nodes { status testMode deadline pledged ${money} milestones { status goal ${money} } article { slug title } }
  pageInfo { hasNextPage }
}`;

/** The campaigns on the front page: as many as the script's page shows. */
export const raisingNowPart: PagePart = {
  slot: 'frontUpper',
  fragment: `on Query { campaigns(statuses: [LIVE], orderBy: ENDING_SOON, first: 3) ${listed} }`,
  html: raisingNow,
};

/** The campaigns that take pledges, to be followed without scripts. */
export const campaignsPage: ServedPage = {
  operation: `query PageOfCampaigns {
    campaigns(statuses: [LIVE], orderBy: ENDING_SOON, first: 100) ${listed}
  }`,
  view: ({ campaigns }: PageOfCampaignsQuery, { siteUrl }) =>
    campaigns
      ? {
          head: { title: texts.raisingMoney, canonical: siteUrl + pageRoutes.campaigns, type: 'website' },
          content: campaignsContent(campaigns),
        }
      : undefined,
};

const campaignsContent = ({ nodes, pageInfo }: ListedCampaigns): Html =>
  withoutScripts(
    html`<h1>${texts.raisingMoney}</h1>
      ${nodes.length > 0 ? campaignList(nodes) : html`<p>${texts.nothingRaising}</p>`}
      ${pageInfo.hasNextPage && html`<p>${servedOnly.moreCampaigns}</p>`}`,
  );

/** Campaigns that take pledges, as `CampaignList` of the page. */
function campaignList(campaigns: ListedCampaigns['nodes']): Html {
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
function raisingNow({ campaigns }: RaisingNowFragment): Html | null {
  const { nodes, pageInfo } = campaigns ?? { nodes: [] };
  if (nodes.length === 0) return null;
  return html`<section class="page-section raising" aria-labelledby="raising">
    <h2 id="raising">${texts.raisingMoney}</h2>
    ${campaignList(nodes)}
    ${pageInfo?.hasNextPage && html`<p><a href="${pageRoutes.campaigns}">${texts.allRaising}</a></p>`}
  </section>`;
}

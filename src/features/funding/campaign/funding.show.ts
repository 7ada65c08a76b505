import { loadArticle } from '../../articles/article/article.show.ts';
import type { Article } from '../../articles/article/article.type.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { canManageCampaign, canMoveMoney, canSeeCampaign } from './funding.policy.ts';
import { Campaign } from './campaign.type.ts';
import { campaignByArticleId, pledgeByKey } from './funding.loader.ts';
import type { PledgeKey, PledgeRow } from './pledge.queries.ts';
import { Pledge } from './pledge.type.ts';

/** The campaign of an article that is being shown, if the viewer may see it. */
export async function campaignOf(article: Article, context: Context): Promise<Campaign | null> {
  const { articleId, facts, wholeRow: totals } = article;
  // Totals begin with the launch: of most articles the campaign need not be looked for.
  if (totals.pledged === null && !canManageCampaign(facts, context.viewer)) return null;
  const row = await context.loaders.get(campaignByArticleId).load(articleId);
  return row && canSeeCampaign(row, facts, context.viewer) ? Campaign.from(row, totals) : null;
}

/** The campaign of the article with this key, if the viewer may see both. */
export async function loadCampaign(context: Context, articleId: string): Promise<Campaign | null> {
  const article = await loadArticle(context, articleId);
  return article && campaignOf(article, context);
}

/** A pledge, if it is the viewer's, or the viewer moves money. */
export const canSeePledge = ({ accountId }: PledgeRow, { viewer }: Context): boolean =>
  viewer !== null && (accountId === viewer.accountId || canMoveMoney(viewer));

/** The pledge with this key, if the viewer may see it. */
export async function loadPledge(context: Context, key: PledgeKey): Promise<Pledge | null> {
  const row = await context.loaders.get(pledgeByKey).load(key);
  return row && canSeePledge(row, context) ? Pledge.from(row) : null;
}

import DataLoader from 'dataloader';
import { ownRows } from '../../articles/article/own-rows.loader.ts';
import { kept, type LoaderFactory } from '../../../platform/graphql/context.ts';
import { type Page, scopeHash } from '../../../platform/graphql/page.ts';
import {
  type ListCountLoader,
  listCountLoader,
  pageCoverage,
  type PageKey,
  type PageLoader,
  pageLoader,
} from '../../../platform/graphql/page-loader.ts';
import { rowLoader } from '../../../platform/graphql/row-loader.ts';
import type { Loader } from '../../../platform/kept/kept-loader.ts';
import {
  type ListedBackerRow,
  type PublicPledgeRow,
  selectBackerCounts,
  selectBackerPages,
  selectPublicPledges,
} from './backer.queries.ts';
import {
  type CampaignListVariant,
  type ListedCampaignRow,
  selectCampaignPages,
  selectCampaignTotals,
} from './campaign-list.queries.ts';
import { type CampaignRow, selectCampaigns } from './campaign.queries.ts';
import {
  hasPledge,
  ownPledgesSql,
  type PledgeKey,
  type PledgeRow,
  selectPledges,
  selectPledgesBy,
} from './pledge.queries.ts';

/** The campaign of an article. Every change of one that was launched appends an event. */
export const campaignByArticleId = kept<string, CampaignRow | undefined>(
  {
    keyText: (articleId) => articleId,
    articleOf: (articleId) => articleId,
    isPublic: (row) => row?.launchedAt != null,
  },
  ({ db }) =>
    rowLoader(
      (articleIds) => selectCampaigns(db, articleIds),
      (row) => row.articleId,
    ),
);

/** The text of a pledge's key. */
export const keyText = (key: PledgeKey): string => `${key.articleId}:${key.id}`;

/** Pledges change without an event while their means of payment is saved, and are nobody's but their backers'. */
export const pledgeByKey: LoaderFactory<Loader<PledgeKey, PledgeRow | undefined>> = ({ db }) =>
  new DataLoader<PledgeKey, PledgeRow | undefined, string>(
    async (keys) => {
      const byKey = new Map((await selectPledges(db, keys)).map((row) => [keyText(row), row]));
      return keys.map((key) => byKey.get(keyText(key)));
    },
    { cacheKeyFn: keyText },
  );

/** What is public of a pledge; undefined while it does not count. Every change of it appends an event. */
export const publicPledgeByKey = kept<PledgeKey, PublicPledgeRow | undefined>(
  { keyText, articleOf: ({ articleId }) => articleId, isPublic: (row) => row !== undefined },
  ({ db }) =>
    new DataLoader<PledgeKey, PublicPledgeRow | undefined, string>(
      async (keys) => {
        const byKey = new Map((await selectPublicPledges(db, keys)).map((row) => [keyText(row), row]));
        return keys.map((key) => byKey.get(keyText(key)));
      },
      { cacheKeyFn: keyText },
    ),
);

/** The viewer's pledges to the campaign of an article, newest first, as `selectPledgesBy` has them. */
export const viewerPledgesByArticleId: LoaderFactory<DataLoader<string, readonly PledgeRow[]>> = ({
  db,
  viewer,
}) =>
  new DataLoader(async (articleIds) => {
    const rows = viewer ? await selectPledgesBy(db, viewer.accountId, articleIds) : [];
    return articleIds.map((articleId) => rows.filter((row) => row.articleId === articleId));
  });

/** Whether accounts have ever pledged. */
export const hasPledged: LoaderFactory<DataLoader<string, boolean>> = ({ db }) =>
  new DataLoader((accountIds) => Promise.all(accountIds.map((accountId) => hasPledge(db, accountId))));

/** The viewer's own pledges. */
export const ownPledges = ownRows<'all'>(
  'ownPledges',
  () => '',
  () => ownPledgesSql,
);

/** Pages of the named backers of a campaign. */
export const backerPages = kept<PageKey<string, null>, Page<ListedBackerRow>>(
  pageCoverage((articleId) => articleId),
  ({ db }) =>
    pageLoader({
      cursorScope: (articleId) => `backers:${articleId}`,
      cursorKeys: ['id'],
      find: (articleIds, _, range) => selectBackerPages(db, articleIds, range),
    }),
);

/** Lengths of these lists. */
export const backerCount = kept<string, number>(
  { keyText: (articleId) => articleId, articleOf: (articleId) => articleId, isPublic: () => true },
  ({ db }) => new DataLoader((articleIds) => selectBackerCounts(db, articleIds)),
);

const campaignScope = (scope: string | null, { of, order, statuses }: CampaignListVariant): string =>
  `campaigns:${of}:${scope ?? ''}:${order}:${scopeHash(statuses ?? null)}`;

/** Pages of the campaigns of everybody, or of a journalist. */
export const campaignPages: LoaderFactory<
  PageLoader<string | null, CampaignListVariant, ListedCampaignRow>
> = ({ db }) =>
  pageLoader({
    cursorScope: campaignScope,
    cursorKeys: ['sortKey', 'id'],
    find: (scopes, variant, range) => selectCampaignPages(db, scopes, variant, range),
  });

/** Lengths of these lists; the order makes no difference. */
export const campaignTotals: LoaderFactory<
  ListCountLoader<string | null, Omit<CampaignListVariant, 'order'>>
> = ({ db }) => listCountLoader((scopes, variant) => selectCampaignTotals(db, scopes, variant));

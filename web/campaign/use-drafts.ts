import { useQuery } from '@apollo/client/react';
import { type ManagedCampaignFragment } from '../graphql/generated/graphql.ts';
import { OwnDrafts } from './documents.ts';
import { type Draft } from './milestone-fields.tsx';

/**
 * The drafts that a milestone can unlock: the viewer's own latest ones, and those that were chosen before.
 * @param pitchId the campaign's own article, which is none of them
 */
export function useDrafts(
  pitchId: string,
  campaign: ManagedCampaignFragment | null,
): { readonly drafts: readonly Draft[]; readonly hasMore: boolean } {
  const { data } = useQuery(OwnDrafts, { fetchPolicy: 'no-cache' });
  const own = data?.viewer?.articles;
  const chosen = campaign?.milestones.flatMap(({ unlockedArticle }) => unlockedArticle ?? []) ?? [];
  const all = new Map([...chosen, ...(own?.nodes ?? [])].map(({ id, title }) => [id, { id, title }]));
  all.delete(pitchId);
  return { drafts: [...all.values()], hasMore: own?.pageInfo.hasNextPage === true };
}

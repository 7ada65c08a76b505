import { type ApolloCache, type FieldMergeFunction, type StoreObject } from '@apollo/client';

/** Makes a campaign that was launched meanwhile the article's. */
export function showCampaign(cache: ApolloCache, articleId: string, campaignId: string): void {
  cache.modify<Record<string, unknown>>({
    id: cache.identify({ __typename: 'Article', id: articleId }),
    fields: {
      campaign: (present, { toReference }) =>
        present ?? toReference({ __typename: 'Campaign', id: campaignId }),
    },
  });
}

/** Merges lists whose objects have no ids, and never change their places. */
export const mergeByPlace: FieldMergeFunction<readonly StoreObject[]> = (
  existing,
  incoming,
  { mergeObjects },
) => {
  // The milestones of a draft can become fewer.
  if (existing?.length !== incoming.length) return incoming;
  return incoming.map((item, index) => mergeObjects(existing[index] ?? item, item));
};

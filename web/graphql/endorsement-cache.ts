import { type ApolloCache, type Reference } from '@apollo/client';

type CachedConnection = { edges: { cursor: string; node: Reference }[]; totalCount?: number };

/** Adds an endorsement at the top of the loaded ones, unless the list already contains it. */
export function showEndorsement(
  cache: ApolloCache,
  articleId: string,
  { cursor, node: { id } }: { readonly cursor: string; readonly node: { readonly id: string } },
): void {
  cache.modify<Record<string, CachedConnection>>({
    id: cache.identify({ __typename: 'Article', id: articleId }),
    fields: {
      endorsements(list, { readField, toReference }) {
        if (!('edges' in list) || list.edges.some(({ node }) => readField('id', node) === id)) return list;
        const node = toReference({ __typename: 'Endorsement', id }) as Reference;
        const edge = { __typename: 'EndorsementEdge', cursor, node };
        return { ...list, edges: [edge, ...list.edges] };
      },
    },
  });
}

/** Removes an endorsement from the cache: lists omit references that cannot be read. */
export function takeEndorsementOut(cache: ApolloCache, id: string): void {
  cache.evict({ id: cache.identify({ __typename: 'Endorsement', id }) });
}

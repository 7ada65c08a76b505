import { type ApolloCache } from '@apollo/client';
import { type Unmasked } from '@apollo/client/masking';
import { type EventOf } from '@standfirst/client';
import { showEndorsement, takeEndorsementOut } from '../graphql/endorsement-cache.ts';
import { type ArticleEventsSubscription } from '../graphql/generated/graphql.ts';
import { ArticleEvents } from './documents.ts';

/** What `onEvent` is given. */
export type LiveEvent = Exclude<
  EventOf<ArticleEventsSubscription>,
  { __typename: 'ArticleReset' | 'EventOmitted' }
>;

// #region write
/** Takes over what an event brings: whole objects with their ids, so whoever shows one of them shows it as it is now. */
export function writeEvent(cache: ApolloCache, articleId: string, event: LiveEvent): void {
  cache.write({
    dataId: 'ROOT_SUBSCRIPTION',
    query: ArticleEvents,
    variables: { articleId },
    // Masks are types: what came over the socket is whole.
    result: { articleEvents: event as Unmasked<LiveEvent> },
  });
  switch (event.__typename) {
    case 'EndorsementAdded':
      if (event.endorsementEdge) showEndorsement(cache, articleId, event.endorsementEdge);
      return;
    case 'EndorsementWithdrawn':
      takeEndorsementOut(cache, event.endorsementId);
  }
}
// #endregion write

import { type ApolloCache } from '@apollo/client';
import { type Unmasked } from '@apollo/client/masking';
import { type EventOf } from '@standfirst/client';
import { showCampaign } from '../graphql/campaign-cache.ts';
import { showEndorsement, takeEndorsementOut } from '../graphql/endorsement-cache.ts';
import { type ArticleEventsSubscription } from '../graphql/generated/graphql.ts';
import { noteCampaignEvent } from '../graphql/campaign-news.ts';
import { ArticleEvents } from './documents.ts';

/** The argument of `onEvent`. */
export type LiveEvent = Exclude<
  EventOf<ArticleEventsSubscription>,
  { __typename: 'ArticleReset' | 'EventOmitted' }
>;

// #region write
/** Writes an event's objects to the cache, complete and with their ids, so that components show their present state. */
export function writeEvent(cache: ApolloCache, articleId: string, event: LiveEvent): void {
  cache.write({
    dataId: 'ROOT_SUBSCRIPTION',
    query: ArticleEvents,
    variables: { articleId },
    // Masks exist in types only: an event from the socket has all fields.
    result: { articleEvents: event as Unmasked<LiveEvent> },
  });
  if ('campaign' in event) {
    showCampaign(cache, articleId, event.campaign.id);
    noteCampaignEvent(event.__typename);
  }
  switch (event.__typename) {
    case 'EndorsementAdded':
      if (event.endorsementEdge) showEndorsement(cache, articleId, event.endorsementEdge);
      return;
    case 'EndorsementWithdrawn':
      takeEndorsementOut(cache, event.endorsementId);
  }
}
// #endregion write

import { useApolloClient, useFragment } from '@apollo/client/react';
import { useEffect } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { type CampaignExtrasFragment } from '../graphql/generated/graphql.ts';
import { useReader } from '../session/reader-context.ts';
import { lateAnswersOf } from '../thread/late-answers.ts';
import { type SupportedCampaign } from './campaign.ts';

graphql(`
  fragment NewestBackers on Campaign {
    backers(first: 3) {
      nodes {
        name
        amount {
          minorUnits
          currency
        }
      }
    }
  }
`);

/** What of a campaign takes further statements of the service: it is loaded after the page, into space of its own. */
const CampaignExtrasDocument = graphql(`
  fragment CampaignExtras on Campaign {
    id
    ...NewestBackers @unmask
    milestones {
      position
      unlockedArticle {
        id
        slug
        title
      }
    }
  }
`);

const CampaignExtrasQuery = graphql(`
  query CampaignExtrasOfArticle($slug: String!) {
    article(slug: $slug) {
      id
      campaign {
        id
        ...CampaignExtras
      }
    }
  }
`);

/** After a milestone was reached its article is published by a worker, of which this article's log has no event. */
const againMs = [1_500, 6_000, 30_000];

/** The newest backers, and the articles that were unlocked; undefined: not loaded yet. */
export function useCampaignExtras(
  slug: string,
  { id, milestones }: SupportedCampaign,
): CampaignExtrasFragment | undefined {
  const client = useApolloClient();
  const reader = useReader();
  const { data, complete } = useFragment({
    fragment: CampaignExtrasDocument,
    fragmentName: 'CampaignExtras',
    from: { __typename: 'Campaign', id },
  });
  const statuses = milestones.map(({ status }) => status).join();
  const isReached = /REACHED|FUNDED|SHORT/.test(statuses);
  useEffect(() => {
    const load = () =>
      void lateAnswersOf(reader)
        .during(() =>
          client.query({ query: CampaignExtrasQuery, variables: { slug }, fetchPolicy: 'network-only' }),
        )
        // The page is whole without it.
        .catch(() => undefined);
    load();
    if (!isReached) return;
    const timers = againMs.map((delay) => setTimeout(load, delay));
    return () => timers.forEach(clearTimeout);
  }, [client, reader, slug, statuses, isReached]);
  return complete ? data : undefined;
}

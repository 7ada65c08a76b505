import { type ApolloClient } from '@apollo/client';
import { graphql } from '../graphql/generated/gql.ts';

graphql(`
  fragment NewestBackers on Campaign {
    backers(first: 3) {
      nodes {
        name
        sharesNameWithJournalist
        amount {
          minorUnits
          currency
        }
      }
    }
  }
`);

/** What of a campaign takes further statements of the service: the newest backers, and the articles that were unlocked. */
export const CampaignExtrasDocument = graphql(`
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

/** Reads the extras of an article's campaign into the cache. */
export const readCampaignExtras = (apollo: ApolloClient, slug: string): Promise<unknown> =>
  apollo.query({ query: CampaignExtrasQuery, variables: { slug }, fetchPolicy: 'network-only' });

/** The article whose extras were loaded before the page was rendered. */
let prepared: string | undefined;

/** As `readCampaignExtras`, before the page is rendered: the served document has them as well. */
export async function prepareCampaignExtras(apollo: ApolloClient, slug: string): Promise<void> {
  // The page reads them again if that fails.
  await readCampaignExtras(apollo, slug).then(
    () => (prepared = slug),
    () => undefined,
  );
}

/** Whether the extras were prepared for an article; true once, as they get old. */
export function takePrepared(slug: string): boolean {
  const isPrepared = prepared === slug;
  prepared = undefined;
  return isPrepared;
}

import { graphql } from '../graphql/generated/gql.ts';
import { type SupportFragment } from '../graphql/generated/graphql.ts';

/** What a campaign's figures are measured against; it changes by `CampaignUpdated` alone. */
graphql(`
  fragment CampaignTerms on Campaign {
    testMode
    deadline
    milestones {
      position
      title
      description
      goal {
        minorUnits
        currency
      }
    }
  }
`);

/** What each event of a campaign changes. */
graphql(`
  fragment CampaignFigures on Campaign {
    status
    takesPledges
    backerCount
    pledged {
      minorUnits
      currency
    }
    collected {
      minorUnits
      currency
    }
    paidOut {
      minorUnits
      currency
    }
    milestones {
      position
      status
    }
  }
`);

/** A campaign as its box shows it. */
export type SupportedCampaign = NonNullable<SupportFragment['campaign']>;

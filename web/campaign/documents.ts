import { graphql } from '../graphql/generated/gql.ts';

/**
 * All of a campaign that its page shows. The page reads it as a whole, with one fragment: its milestones have no ids, so
 * that another selection of them would replace this one in the cache.
 */
export const ManagedCampaign = graphql(`
  fragment ManagedCampaign on Campaign {
    id
    status
    testMode
    currency
    deadline
    backerCount
    viewerCanManage
    viewerCanCancel
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
      title
      description
      status
      reachedAt
      goal {
        minorUnits
        currency
      }
      unlockedArticle {
        id
        slug
        title
      }
    }
    viewerManagement {
      canMoveMoney
      available {
        minorUnits
        currency
      }
      pledgeTallies {
        status
        count
        total {
          minorUnits
          currency
        }
      }
      payouts(first: 100) {
        edges {
          cursor
          node {
            status
            destination
            failureCode
            createdAt
            amount {
              minorUnits
              currency
            }
          }
        }
      }
    }
  }
`);

export const CampaignToManage = graphql(`
  query CampaignToManage($slug: String!) {
    article(slug: $slug) {
      id
      slug
      title
      status
      viewerCanEdit
      viewerCanCreateCampaign
      campaign {
        ...ManagedCampaign @unmask
      }
    }
    fundingTestMode
  }
`);

/** The drafts that a milestone can unlock: the viewer's own. */
export const OwnDrafts = graphql(`
  query OwnDrafts {
    viewer {
      id
      articles(filter: { status: [DRAFT] }, orderBy: RECENTLY_UPDATED, first: 100) {
        nodes {
          id
          title
        }
        pageInfo {
          hasNextPage
        }
      }
    }
  }
`);

export const CreateCampaign = graphql(`
  mutation CreateCampaign($input: CreateCampaignInput!) {
    createCampaign(input: $input) {
      campaign {
        ...ManagedCampaign @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const UpdateCampaign = graphql(`
  mutation UpdateCampaign($input: UpdateCampaignInput!) {
    updateCampaign(input: $input) {
      campaign {
        ...ManagedCampaign @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const LaunchCampaign = graphql(`
  mutation LaunchCampaign($input: LaunchCampaignInput!) {
    launchCampaign(input: $input) {
      campaign {
        ...ManagedCampaign @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const CancelCampaign = graphql(`
  mutation CancelCampaign($input: CancelCampaignInput!) {
    cancelCampaign(input: $input) {
      campaign {
        ...ManagedCampaign @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const SuspendCampaign = graphql(`
  mutation SuspendCampaign($input: SuspendCampaignInput!) {
    suspendCampaign(input: $input) {
      campaign {
        ...ManagedCampaign @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const PayOut = graphql(`
  mutation PayOut($input: PayOutInput!) {
    payOut(input: $input) {
      campaign {
        ...ManagedCampaign @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RefundPledge = graphql(`
  mutation RefundPledge($input: RefundPledgeInput!) {
    refundPledge(input: $input) {
      pledge {
        id
        status
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const CampaignPledges = graphql(`
  query CampaignPledges($id: ID!, $status: PledgeStatus, $first: Int, $after: Cursor) {
    node(id: $id) {
      ... on Campaign {
        id
        viewerManagement {
          pledges(status: $status, first: $first, after: $after) {
            edges {
              cursor
              node {
                id
                status
                pseudonym
                isNamed
                failureCode
                viewerCanRefund
                createdAt
                amount {
                  minorUnits
                  currency
                }
              }
            }
            pageInfo {
              endCursor
              hasNextPage
            }
          }
        }
      }
    }
  }
`);

export const CampaignBackers = graphql(`
  query CampaignBackers($id: ID!, $first: Int, $after: Cursor) {
    node(id: $id) {
      ... on Campaign {
        id
        backers(first: $first, after: $after) {
          edges {
            cursor
            node {
              name
              sharesNameWithJournalist
              since
              amount {
                minorUnits
                currency
              }
            }
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  }
`);

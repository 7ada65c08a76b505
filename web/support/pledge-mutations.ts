import { graphql } from '../graphql/generated/gql.ts';

graphql(`
  fragment PledgeAnswer on Pledge {
    ...OwnPledge @unmask
    campaign {
      id
      ...OwnPledges
    }
  }
`);

export const MakePledge = graphql(`
  mutation MakePledge($input: PledgeInput!) {
    pledge(input: $input) {
      pledge {
        ...PledgeAnswer @unmask
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const ChangePledge = graphql(`
  mutation ChangePledge($input: ChangePledgeInput!) {
    changePledge(input: $input) {
      pledge {
        ...PledgeAnswer @unmask
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const WithdrawPledge = graphql(`
  mutation WithdrawPledge($input: WithdrawPledgeInput!) {
    withdrawPledge(input: $input) {
      pledge {
        ...PledgeAnswer @unmask
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

export const RetryPledge = graphql(`
  mutation RetryPledge($input: RetryPledgeInput!) {
    retryPledge(input: $input) {
      pledge {
        ...PledgeAnswer @unmask
      }
      userErrors {
        code
        message
        field
      }
    }
  }
`);

import { graphql } from '../graphql/generated/gql.ts';

export const TokenPartsDocument = graphql(`
  fragment TokenParts on Token {
    id
    name
    scopes
    documents
    createdAt
    expiresAt
    lastUsedAt
    revokedAt
    webhookNames
  }
`);

export const OwnTokens = graphql(`
  query OwnTokens {
    viewer {
      id
      roles
      tokens {
        ...TokenParts @unmask
      }
    }
  }
`);

export const ServiceAccountsDocument = graphql(`
  query ServiceAccounts {
    serviceAccounts {
      id
      name
      address
      roles
      suspended
      tokens {
        ...TokenParts @unmask
      }
    }
  }
`);

export const CreateToken = graphql(`
  mutation CreateToken($input: CreateTokenInput!) {
    createToken(input: $input) {
      token {
        id
        ...TokenParts
      }
      secret
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RevokeToken = graphql(`
  mutation RevokeToken($input: RevokeTokenInput!) {
    revokeToken(input: $input) {
      token {
        ...TokenParts
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const CreateServiceAccount = graphql(`
  mutation CreateServiceAccount($input: CreateServiceAccountInput!) {
    createServiceAccount(input: $input) {
      serviceAccount {
        id
        name
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

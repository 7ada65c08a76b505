import { graphql } from '../graphql/generated/gql.ts';

export const WebhookPartsDocument = graphql(`
  fragment WebhookParts on Webhook {
    id
    name
    url
    document
    eventKinds
    actionKinds
    status
    pendingCount
    failingSince
    nextAttemptAt
    oldSecretUntil
    createdAt
    madeByToken {
      tokenId
      name
      accountName
      expiresAt
      revokedAt
    }
    articleId
    article {
      id
      title
      permalink
    }
    serviceAccount {
      id
      name
      suspended
    }
  }
`);

export const WebhooksDocument = graphql(`
  query Webhooks {
    webhooks {
      ...WebhookParts @unmask
    }
    serviceAccounts {
      id
      name
      suspended
    }
  }
`);

export const WebhookDocument = graphql(`
  query Webhook($id: ID!) {
    node(id: $id) {
      id
      ... on Webhook {
        ...WebhookParts @unmask
        attempts {
          before
          begunAt
          milliseconds
          httpStatus
          fault
          answer
        }
      }
    }
  }
`);

export const WebhookArticle = graphql(`
  query WebhookArticle($slug: String!) {
    article(slug: $slug) {
      id
    }
  }
`);

export const CreateWebhook = graphql(`
  mutation CreateWebhook($input: CreateWebhookInput!) {
    createWebhook(input: $input) {
      webhook {
        id
        name
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

export const UpdateWebhook = graphql(`
  mutation UpdateWebhook($input: UpdateWebhookInput!) {
    updateWebhook(input: $input) {
      webhook {
        ...WebhookParts
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RotateWebhookSecret = graphql(`
  mutation RotateWebhookSecret($input: RotateWebhookSecretInput!) {
    rotateWebhookSecret(input: $input) {
      webhook {
        ...WebhookParts
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

export const DeleteWebhook = graphql(`
  mutation DeleteWebhook($input: DeleteWebhookInput!) {
    deleteWebhook(input: $input) {
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const KeepWebhook = graphql(`
  mutation KeepWebhook($input: KeepWebhookInput!) {
    keepWebhook(input: $input) {
      webhook {
        ...WebhookParts
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const RedeliverWebhook = graphql(`
  mutation RedeliverWebhook($input: RedeliverWebhookInput!) {
    redeliverWebhook(input: $input) {
      webhook {
        ...WebhookParts
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const TestWebhook = graphql(`
  mutation TestWebhook($input: TestWebhookInput!) {
    testWebhook(input: $input) {
      webhook {
        ...WebhookParts
      }
      httpStatus
      fault
      userErrors {
        code
        field
        message
      }
    }
  }
`);

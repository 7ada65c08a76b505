import { graphql } from '../graphql/generated/gql.ts';

export const MutesOfArticle = graphql(`
  query MutesOfArticle($slug: String!) {
    article(slug: $slug) {
      id
      viewerHasMuted
    }
  }
`);

export const MutesOfComment = graphql(`
  query MutesOfComment($id: ID!) {
    viewer {
      id
      commentAuthor {
        id
      }
    }
    comment(id: $id) {
      id
      viewerHasMutedThread
      author {
        id
        name
        permalink
        viewerHasMuted
      }
    }
  }
`);

export const MuteArticle = graphql(`
  mutation MuteArticle($id: ID!) {
    change: muteArticle(input: { articleId: $id }) {
      userErrors {
        message
      }
    }
  }
`);

export const UnmuteArticle = graphql(`
  mutation UnmuteArticle($id: ID!) {
    change: unmuteArticle(input: { articleId: $id }) {
      userErrors {
        message
      }
    }
  }
`);

export const MuteThread = graphql(`
  mutation MuteThread($id: ID!) {
    change: muteThread(input: { commentId: $id }) {
      userErrors {
        message
      }
    }
  }
`);

export const UnmuteThread = graphql(`
  mutation UnmuteThread($id: ID!) {
    change: unmuteThread(input: { commentId: $id }) {
      userErrors {
        message
      }
    }
  }
`);

export const MuteAuthor = graphql(`
  mutation MuteAuthor($id: ID!) {
    change: muteAuthor(input: { authorId: $id }) {
      userErrors {
        message
      }
    }
  }
`);

export const UnmuteAuthor = graphql(`
  mutation UnmuteAuthor($id: ID!) {
    change: unmuteAuthor(input: { authorId: $id }) {
      userErrors {
        message
      }
    }
  }
`);

/** What the reader has chosen about notifications. */
export const NotificationChoices = graphql(`
  query NotificationChoices {
    viewer {
      id
      mailPreferences {
        kind
        frequency
      }
      mutedAuthors {
        id
        name
      }
      mutedArticles {
        id
        slug
        title
      }
      mutedThreads {
        id
        author {
          id
          name
        }
        article {
          id
          slug
          title
        }
      }
    }
  }
`);

export const SetMailPreferences = graphql(`
  mutation SetMailPreferences($preferences: [MailPreferenceInput!]!) {
    change: setMailPreferences(input: { preferences: $preferences }) {
      userErrors {
        message
      }
    }
  }
`);

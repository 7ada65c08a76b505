import { graphql } from '../graphql/generated/gql.ts';

export const SiteModerationDocument = graphql(`
  query SiteModeration {
    moderationSettings {
      revision
      isPremoderated
      firstComments
      maxLinks
      heldHosts
      allowedHosts
      holdsRepeatedText
      slowModeSeconds
      reportsToHold
      claimSeconds
      asksHook
      hookDeadlineSeconds
      hookDeadlineAction
    }
  }
`);

export const SetModerationSettings = graphql(`
  mutation SetModerationSettings($input: SetModerationSettingsInput!) {
    setModerationSettings(input: $input) {
      settings {
        revision
        isPremoderated
        firstComments
        maxLinks
        heldHosts
        allowedHosts
        holdsRepeatedText
        slowModeSeconds
        reportsToHold
        claimSeconds
        asksHook
        hookDeadlineSeconds
        hookDeadlineAction
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const ArticleModerationDocument = graphql(`
  query ArticleModeration($slug: String!) {
    article(slug: $slug) {
      id
      slug
      title
      viewerModeration {
        slowModeSeconds
        maxLinks
        firstComments
      }
    }
  }
`);

export const SetArticleModeration = graphql(`
  mutation SetArticleModeration($input: SetArticleModerationInput!) {
    setArticleModeration(input: $input) {
      article {
        id
        slowModeSeconds
        viewerModeration {
          slowModeSeconds
          maxLinks
          firstComments
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

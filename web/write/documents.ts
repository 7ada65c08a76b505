import { graphql } from '../graphql/generated/gql.ts';

/**
 * The fields of an article that can be edited. The write page reads them as a whole and no component reads a part, so
 * queries unmask the fragment.
 */
export const EditableArticle = graphql(`
  fragment EditableArticle on Article {
    id
    slug
    status
    title
    standfirst
    viewerBodyMarkdown
    canonicalUrl
    commentPolicy
    updatedAt
    viewerCanEdit
    viewerCanCreateCampaign
    campaign {
      id
    }
    tags {
      id
      name
    }
    signatures {
      name
      role
      organisation
    }
  }
`);

export const ArticleToEdit = graphql(`
  query ArticleToEdit($slug: String!) {
    article(slug: $slug) {
      ...EditableArticle @unmask
    }
  }
`);

export const Bylines = graphql(`
  query Bylines($after: Cursor) {
    viewer {
      id
      journalist {
        id
      }
    }
    journalists(first: 100, after: $after) {
      nodes {
        id
        name
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

export const CreateArticle = graphql(`
  mutation CreateArticle($input: CreateArticleInput!) {
    createArticle(input: $input) {
      article {
        ...EditableArticle @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const UpdateArticle = graphql(`
  mutation UpdateArticle($input: UpdateArticleInput!) {
    updateArticle(input: $input) {
      article {
        bodyHtml
        ...EditableArticle @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const SetCommentPolicy = graphql(`
  mutation SetCommentPolicy($input: SetCommentPolicyInput!) {
    setCommentPolicy(input: $input) {
      article {
        viewerCanComment
        ...EditableArticle @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const PublishArticle = graphql(`
  mutation PublishArticle($input: PublishArticleInput!) {
    publishArticle(input: $input) {
      article {
        publishedAt
        viewerCanComment
        viewerCanEndorse
        ...EditableArticle @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

export const UnpublishArticle = graphql(`
  mutation UnpublishArticle($input: UnpublishArticleInput!) {
    unpublishArticle(input: $input) {
      article {
        viewerCanComment
        viewerCanEndorse
        ...EditableArticle @unmask
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`);

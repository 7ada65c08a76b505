import { commentFields } from './page.operation.ts';

/*
 * Operations of the other pages. Those of the front page, of a journalist and of a search are the ones that the
 * reader's page sends (`web/front`, `web/journalist`, `web/search`).
 */

const articleList = `
  edges {
    cursor
    node {
      id
      slug
      title
      standfirst
      publishedAt
      commentCount
      endorsementCount
      author { id slug name location }
      tags { id name }
    }
  }
  pageInfo { endCursor hasNextPage }`;

export const frontPage = `query FrontPage {
  articles(first: 11) {${articleList}
  }
  tags(first: 20) { nodes { id name } }
}`;

export const journalistPage = `query JournalistPage($slug: String!) {
  journalist(slug: $slug) {
    id
    name
    location
    photoUrl
    bioHtml
    articleCount
    articles(first: 20) {${articleList}
    }
  }
}`;

export const searchPage = `query SearchPage($query: String!) {
  search(query: $query, first: 20) {${articleList}
  }
}`;

/** The part of a long thread that a link to one of its comments opens. */
export const permalinkPage = `query Permalink($slug: String!, $around: ID!) {
  article(slug: $slug) {
    id
    liveCursor
    allComments(around: $around, first: 50, orderBy: THREADED) {
      edges { cursor node {${commentFields} } }
      pageInfo { startCursor endCursor hasPreviousPage hasNextPage }
    }
  }
}`;

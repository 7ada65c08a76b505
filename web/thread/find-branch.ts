import { type ApolloClient } from '@apollo/client';
import { graphql } from '../graphql/generated/gql.ts';
import { commentHash, paths } from '../paths.ts';
import { maxLevel } from './thread-variables.ts';

const CommentPlace = graphql(`
  query CommentPlace($commentId: ID!) {
    comment(id: $commentId) {
      id
      depth
      article {
        id
        slug
      }
      ancestors {
        id
        depth
      }
    }
  }
`);

/**
 * Address of the page that shows a comment which is too deep for its article's page.
 * @returns undefined: the article has no such comment, or the comment is not too deep
 */
export async function findBranchAddress(
  apollo: ApolloClient,
  slug: string,
  commentId: string,
): Promise<string | undefined> {
  const { data } = await apollo.query({
    query: CommentPlace,
    variables: { commentId },
    fetchPolicy: 'network-only',
  });
  const comment = data?.comment;
  if (comment?.article.slug !== slug) return undefined;
  // Each page begins below a comment of the last level of the page before.
  const root = comment.ancestors.findLast(({ depth }) => (depth - maxLevel) % (maxLevel + 1) === 0);
  return root && paths.branch(slug, root.id) + commentHash(commentId);
}

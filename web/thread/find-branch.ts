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
 * The page on which a comment stands that is too deep for its article's page.
 * @returns undefined: there is no such comment under this article, or it is not too deep
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
  // A page begins below each comment at which the one before it ends.
  const root = comment.ancestors.findLast(({ depth }) => (depth - maxLevel) % (maxLevel + 1) === 0);
  return root && paths.branch(slug, root.id) + commentHash(commentId);
}

import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { useSnapshot } from '../graphql/use-snapshot.ts';
import { messageOf } from '../graphql/error-message.ts';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { commentOfHash } from '../paths.ts';
import { texts } from '../texts.ts';
import { useSnapshotPolicy } from '../thread/kept-discussions.ts';
import { pageSize, threadVariables } from '../thread/thread-variables.ts';
import { type ThreadSort } from '../thread/thread-entry.ts';
import { ArticleText } from './article-text.tsx';
import { Endorsements } from './endorsements.tsx';

// #region query
/** All of the page: who wrote it, the text, who supports it, and the thread at the place that the address points to. */
const ArticlePageDocument = graphql(`
  query ArticlePage(
    $slug: String!
    $isTop: Boolean!
    $orderBy: AllCommentsOrder
    $maxDepth: Int
    $first: Int
    $around: ID
  ) {
    article(slug: $slug) {
      id
      slug
      liveCursor
      ...ArticleText
      ...Endorsements
      ...DiscussionHead
      allComments(orderBy: $orderBy, maxDepth: $maxDepth, first: $first, around: $around) @skip(if: $isTop) {
        ...ThreadPage @unmask
      }
      comments(orderBy: TOP, first: $first) @include(if: $isTop) {
        ...ThreadPage @unmask
      }
    }
    viewer {
      id
    }
  }
`);
// #endregion query

// One reads the article first: what the thread needs, the socket among it, is a file of its own, asked for together with the text.
const discussionPart = partOf(() => import('./article-discussion.tsx'));

const sorts: readonly ThreadSort[] = ['THREADED', 'TOP', 'NEWEST', 'OLDEST'];

export function ArticlePage({ slug }: { readonly slug: string }) {
  const [parameters, setParameters] = useSearchParams();
  const asked = parameters.get('sort')?.toUpperCase();
  const sort = sorts.find((each) => each === asked) ?? 'THREADED';
  // Of the address that the page was opened with. Later ones are followed inside the thread.
  const [around, setAround] = useState(() => commentOfHash(location.hash));
  useState(() => discussionPart.begin());
  const [isSorted, setSorted] = useState(false);
  const policy = useSnapshotPolicy({ slug, sort });
  const { data, previousData, error, loading, retry } = useSnapshot(
    ArticlePageDocument,
    {
      slug,
      ...threadVariables(sort),
      first: pageSize,
      around: sort === 'TOP' ? null : (around ?? null),
    },
    policy,
  );

  // In another order only the comments are others.
  const article = data?.article ?? (loading ? previousData?.article : undefined);
  if (!article) {
    if (loading) return <Loading />;
    if (error) return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={retry} />;
    return <NotFound />;
  }
  const page = data?.article?.allComments ?? data?.article?.comments;
  return (
    <div className="page article-page">
      <ArticleText from={article} />
      <Endorsements from={article} />
      <section className="discussion" aria-labelledby="discussion">
        {page ? (
          <PartOfPage
            key={sort}
            part={discussionPart}
            props={{
              article,
              page,
              sort,
              policy,
              isSorted,
              viewerId: data?.viewer?.id,
              onSort: (next) => {
                setSorted(true);
                // In another order one begins at its beginning.
                setAround(undefined);
                setParameters(next === 'THREADED' ? {} : { sort: next.toLowerCase() });
              },
            }}
          />
        ) : loading ? (
          <Loading />
        ) : (
          // What it points to is no comment of this article: the thread from its top.
          error !== undefined && <Trouble message={texts.commentGone} onRetry={() => setAround(undefined)} />
        )}
      </section>
    </div>
  );
}

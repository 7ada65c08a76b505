import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { prepareSnapshot, useSnapshot } from '../graphql/use-snapshot.ts';
import { messageOf } from '../graphql/error-message.ts';
import { partOf, PartOfPage } from '../layout/part.tsx';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { commentToOpen } from '../layout/reading-place.ts';
import { type Reader } from '../session/session.ts';
import { texts } from '../texts.ts';
import { useOpening } from '../thread/kept-discussions.ts';
import { pageSize, threadVariables } from '../thread/thread-variables.ts';
import { type ThreadSort } from '../thread/thread-entry.ts';
import { prepareSupport, Support } from '../support/support.tsx';
import { ArticleText } from './article-text.tsx';
import { Endorsements } from './endorsements.tsx';

// #region query
/** The whole page: author, text, endorsements, and the thread at the comment that the address points to. */
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
      campaign {
        id
      }
      ...ArticleText
      ...Support
      ...SupportLine
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

// Readers start with the article: the thread's code, with the WebSocket client, is a file of its own, requested
// together with the text.
const discussionPart = partOf(() => import('./article-discussion.tsx'));

const sorts: readonly ThreadSort[] = ['THREADED', 'TOP', 'NEWEST', 'OLDEST'];

/** The order that an address asks for. */
function sortOf(parameters: URLSearchParams): ThreadSort {
  const asked = parameters.get('sort')?.toUpperCase();
  return sorts.find((each) => each === asked) ?? 'THREADED';
}

/** @param around the comment that the address points to */
const variablesOf = (slug: string, sort: ThreadSort, around: string | undefined) => ({
  slug,
  ...threadVariables(sort),
  first: pageSize,
  around: sort === 'TOP' ? null : (around ?? null),
});

/**
 * Loads the article at the document's address, before its page is rendered.
 * @returns whether the service has answered
 */
export async function prepareArticlePage(reader: Reader, slug: string): Promise<boolean> {
  const sort = sortOf(new URLSearchParams(location.search));
  const variables = variablesOf(slug, sort, commentToOpen());
  const query = prepareSnapshot(reader.apollo, ArticlePageDocument, variables);
  const [isAnswered] = await Promise.all([query, discussionPart.begin()]);
  const { article } = reader.apollo.readQuery({ query: ArticlePageDocument, variables }) ?? {};
  if (article?.campaign) await prepareSupport(reader, slug);
  return isAnswered;
}

export function ArticlePage({ slug }: { readonly slug: string }) {
  const [parameters, setParameters] = useSearchParams();
  const sort = sortOf(parameters);
  const [isFromTop, setFromTop] = useState(false);
  useState(() => void discussionPart.begin());
  const [isSorted, setSorted] = useState(false);
  const { policy, around } = useOpening({ slug, sort });
  const { data, previousData, error, loading, retry } = useSnapshot(
    ArticlePageDocument,
    variablesOf(slug, sort, isFromTop ? undefined : around),
    policy,
  );

  // A change of order changes only the comments, so the previous article stays.
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
      <Support from={article} />
      <Endorsements from={article} />
      <section className={isSorted ? 'discussion is-sorted' : 'discussion'} aria-labelledby="discussion">
        {page ? (
          <PartOfPage
            key={sort}
            part={discussionPart}
            props={{
              article,
              page,
              sort,
              policy,
              around,
              isSorted,
              viewerId: data?.viewer?.id,
              onSort: (next) => {
                setSorted(true);
                setParameters(next === 'THREADED' ? {} : { sort: next.toLowerCase() });
              },
            }}
          />
        ) : loading ? (
          <Loading />
        ) : (
          // The address points to a comment of another article, or to none: the button loads the thread from its top.
          error !== undefined && <Trouble message={texts.commentGone} onRetry={() => setFromTop(true)} />
        )}
      </section>
    </div>
  );
}

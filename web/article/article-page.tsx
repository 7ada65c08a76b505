import { useQuery } from '@apollo/client/react';
import { useCallback, useState } from 'react';
import { useLocation, useSearchParams } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type ArticlePageQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { commentOfHash } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { Discussion, pageSize, threadVariables } from '../thread/discussion.ts';
import { DiscussionHead } from '../thread/discussion-head.tsx';
import { findBranchAddress } from '../thread/find-branch.ts';
import { Thread } from '../thread/thread.tsx';
import { type ThreadSort } from '../thread/thread-list.ts';
import { ArticleText } from './article-text.tsx';
import { Endorsements } from './endorsements.tsx';

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
      title
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

/** What the page shows beside the thread, for when events were lost. */
const ArticleFacts = graphql(`
  query ArticleFacts($slug: String!) {
    article(slug: $slug) {
      id
      ...ArticleText
      ...Endorsements
      ...DiscussionHead
    }
  }
`);

const sorts: readonly ThreadSort[] = ['THREADED', 'TOP', 'NEWEST', 'OLDEST'];

export function ArticlePage({ slug }: { readonly slug: string }) {
  const [parameters, setParameters] = useSearchParams();
  const asked = parameters.get('sort')?.toUpperCase();
  const sort = sorts.find((each) => each === asked) ?? 'THREADED';
  // Of the address that the page was opened with. Later ones are followed inside the thread.
  const [around, setAround] = useState(() => commentOfHash(location.hash));
  const { data, error, loading, refetch } = useQuery(ArticlePageDocument, {
    variables: {
      slug,
      ...threadVariables(sort),
      first: pageSize,
      around: sort === 'TOP' ? null : (around ?? null),
    },
    errorPolicy: 'all',
  });

  if (!data?.article) {
    if (loading) return <Loading />;
    if (error)
      return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
    return <NotFound />;
  }
  const { article } = data;
  const page = article.allComments ?? article.comments;
  return (
    <div className="page article-page">
      <PageHead title={article.title} />
      <ArticleText from={article} />
      <Endorsements from={article} />
      <section className="discussion" aria-labelledby="discussion">
        {page ? (
          <ArticleDiscussion
            key={sort}
            article={article}
            page={page}
            sort={sort}
            viewerId={data.viewer?.id}
            onSort={(next) => setParameters(next === 'THREADED' ? {} : { sort: next.toLowerCase() })}
          />
        ) : (
          // What it points to is no comment of this article: the thread from its top.
          error && <Trouble message={texts.commentGone} onRetry={() => setAround(undefined)} />
        )}
      </section>
    </div>
  );
}

type Article = NonNullable<ArticlePageQuery['article']>;

interface DiscussionProps {
  readonly article: Article;
  readonly page: NonNullable<Article['allComments']>;
  readonly sort: ThreadSort;
  readonly viewerId: string | undefined;
  readonly onSort: (sort: ThreadSort) => void;
}

function ArticleDiscussion({ article, page, sort, viewerId, onSort }: DiscussionProps) {
  const reader = useReader();
  const [, navigate] = useLocation();
  const [missing, setMissing] = useState(false);
  const { slug } = article;
  const [discussion] = useState(
    () =>
      new Discussion({
        reader,
        article,
        sort,
        page,
        liveCursor: article.liveCursor,
        viewerId,
        refresh: () =>
          reader.apollo.query({ query: ArticleFacts, variables: { slug }, fetchPolicy: 'network-only' }),
      }),
  );
  const onMissing = useCallback(
    (id: string) => {
      void findBranchAddress(reader.apollo, slug, id)
        .then((address) => {
          if (address === undefined) setMissing(true);
          else navigate(address, { replace: true });
        })
        .catch(() => setMissing(true));
    },
    [reader, slug, navigate],
  );
  return (
    <Thread discussion={discussion} onMissing={onMissing}>
      <DiscussionHead from={article} discussion={discussion} onSort={onSort} />
      {missing && (
        <p className="hint" role="status">
          {texts.commentGone}
        </p>
      )}
    </Thread>
  );
}

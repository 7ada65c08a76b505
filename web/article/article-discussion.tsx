import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type ArticlePageQuery } from '../graphql/generated/graphql.ts';
import { Gone } from '../layout/messages.tsx';
import { commentHash, paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { Discussion } from '../thread/discussion.ts';
import { discussionOf } from '../thread/kept-discussions.ts';
import { DiscussionHead } from '../thread/discussion-head.tsx';
import { findBranchAddress } from '../thread/find-branch.ts';
import { Thread } from '../thread/thread.tsx';
import { type ThreadSort } from '../thread/thread-entry.ts';

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

type Article = NonNullable<ArticlePageQuery['article']>;

interface DiscussionProps {
  readonly article: Article;
  readonly page: NonNullable<Article['allComments']>;
  readonly sort: ThreadSort;
  /** Whether the reader has chosen this order, and is there. */
  readonly isSorted: boolean;
  readonly viewerId: string | undefined;
  readonly onSort: (sort: ThreadSort) => void;
}

/** The thread under an article, live. */
export default function ArticleDiscussion(props: DiscussionProps) {
  const { article, page, sort, isSorted, viewerId, onSort } = props;
  const reader = useReader();
  const [, navigate] = useLocation();
  const [missing, setMissing] = useState(false);
  const { slug } = article;
  const [discussion] = useState(() =>
    discussionOf(
      reader,
      { slug, sort },
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
    ),
  );
  const onMissing = useCallback(
    (id: string) => {
      // By rank nobody knows on which page it is.
      if (sort === 'TOP') return navigate(paths.article(slug) + commentHash(id), { replace: true });
      void findBranchAddress(reader.apollo, slug, id)
        .then((address) => {
          if (address === undefined) setMissing(true);
          else navigate(address, { replace: true });
        })
        .catch(() => setMissing(true));
    },
    [reader, slug, sort, navigate],
  );
  useEffect(() => {
    // What the browser looked for was not there yet.
    if (location.hash === '#discussion') document.getElementById('discussion')?.scrollIntoView();
  }, []);
  return (
    <Thread discussion={discussion} onMissing={onMissing}>
      <DiscussionHead from={article} discussion={discussion} isSorted={isSorted} onSort={onSort} />
      {missing && <Gone message={texts.commentGone} />}
    </Thread>
  );
}

import { useCallback, useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type ArticlePageQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Gone } from '../layout/messages.tsx';
import { commentHash, keepIntent, paths } from '../paths.ts';
import { useReader } from '../session/reader-context.ts';
import { SupportLine } from '../support/support-line.tsx';
import { texts } from '../texts.ts';
import { Discussion } from '../thread/discussion.ts';
import { discussionOf, type SnapshotPolicy } from '../thread/kept-discussions.ts';
import { DiscussionHead } from '../thread/discussion-head.tsx';
import { findBranchAddress } from '../thread/find-branch.ts';
import { Thread } from '../thread/thread.tsx';
import { type ThreadSort } from '../thread/thread-entry.ts';
import { isTarget } from '../layout/reading-place.ts';

/** The parts of the page outside the thread, for reloading after events were missed. */
const ArticleFacts = graphql(`
  query ArticleFacts($slug: String!) {
    article(slug: $slug) {
      id
      ...ArticleText
      ...Support
      ...SupportLine
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
  readonly policy: SnapshotPolicy;
  readonly around: string | undefined;
  /** Whether the reader has chosen this order, so that the select takes the focus. */
  readonly isSorted: boolean;
  readonly viewerId: string | undefined;
  readonly onSort: (sort: ThreadSort) => void;
}

/** The thread under an article, with live updates. */
export default function ArticleDiscussion(props: DiscussionProps) {
  const { article, page, sort, policy, around, isSorted, viewerId, onSort } = props;
  const reader = useReader();
  const [, navigate] = useLocation();
  const [notice, setNotice] = useState<string>();
  const { slug } = article;
  const [discussion] = useState(() =>
    discussionOf(
      reader,
      { slug, sort },
      policy,
      () =>
        new Discussion({
          reader,
          article,
          sort,
          page,
          around,
          liveCursor: article.liveCursor,
          viewerId,
          refresh: () =>
            reader.apollo.query({ query: ArticleFacts, variables: { slug }, fetchPolicy: 'network-only' }),
        }),
    ),
  );
  const onSeek = useCallback(() => setNotice(undefined), []);
  const onMissing = useCallback(
    (id: string, failure?: unknown) => {
      // In TOP order the page of a comment is unknown, so the thread changes to reading order.
      if (sort === 'TOP') return navigate(paths.article(slug) + commentHash(id), { replace: true });
      // For a comment of another article, the service answers with a message; without a message, the service was
      // unreachable.
      if (failure !== undefined && messageOf(failure) === undefined) return setNotice(texts.unreachable);
      void findBranchAddress(reader.apollo, slug, id)
        .then((address) => {
          if (address === undefined) setNotice(texts.commentGone);
          else navigate(keepIntent(address, location.search), { replace: true });
        })
        .catch(() => setNotice(texts.unreachable));
    },
    [reader, slug, sort, navigate],
  );
  useEffect(() => {
    // The browser looked for the target before it existed.
    if (isTarget('#discussion')) document.getElementById('discussion')?.scrollIntoView();
  }, []);
  return (
    <Thread discussion={discussion} onSeek={onSeek} onMissing={onMissing}>
      <DiscussionHead
        from={article}
        discussion={discussion}
        isSorted={isSorted}
        onSort={onSort}
        support={<SupportLine from={article} />}
      />
      {notice !== undefined && <Gone key={notice} message={notice} />}
    </Thread>
  );
}

import { useQuery } from '@apollo/client/react';
import { useCallback } from 'react';
import { Link } from 'wouter';
import { useComeBack } from '../layout/use-come-back.ts';
import { paths } from '../paths.ts';
import { ArticleQueue } from './documents.ts';
import { decisionTexts as words } from './texts.ts';

/** For moderators: how much of this article is in the queue. */
export default function QueueLine({ articleId }: { readonly articleId: string }) {
  const { data, refetch } = useQuery(ArticleQueue, {
    variables: { articleId },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  // Without an answer the line stays as it is.
  useComeBack(useCallback(() => void refetch().catch(() => undefined), [refetch]));
  const count = data?.moderationQueue?.items?.totalCount ?? 0;
  if (count === 0) return null;
  return (
    <p className="queue-line">
      <span>{words.waiting(count)}</span>
      <Link href={paths.moderationQueue(articleId)}>{words.toQueue}</Link>
    </p>
  );
}

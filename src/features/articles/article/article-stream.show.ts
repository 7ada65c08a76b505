import type { ArticleEventKind, StreamItem } from '../../../platform/events/event.ts';
import { articleLog } from '../../../platform/events/log.ts';
import { requireKeys } from '../../../platform/graphql/global-id.ts';
import { LiveSource } from '../../../platform/graphql/live-source.ts';
import { loadArticle } from './article.show.ts';

/** Arguments of all subscriptions to one article. */
export interface EventArgs {
  readonly articleId: string;
  readonly after?: string | null;
}

/**
 * The events of an article, for viewers who may see the article.
 * @param wants whether the subscription shows items of this kind
 * @throws RequestError BAD_USER_INPUT for an id that is not an article's
 */
export function eventsOf({ articleId, after }: EventArgs, wants: (item: StreamItem) => boolean): LiveSource {
  const [id] = requireKeys('Article', 1, articleId);
  return new LiveSource({
    log: articleLog.keyOf(id),
    after: after ?? undefined,
    wants,
    isVisible: async (context) => (await loadArticle(context, id)) !== null,
    withdraws: ({ kind }) => kind === ('ARTICLE_UNPUBLISHED' satisfies ArticleEventKind),
  });
}

import DataLoader from 'dataloader';
import type { LoaderFactory } from '../../../platform/graphql/context.ts';
import {
  maxDiscussionMutes,
  type MutedDiscussion,
  selectDiscussionMutes,
  wholeArticle,
} from './discussion-mute.queries.ts';
import { maxMutes, selectMutes } from './mute.queries.ts';

/** Most people that an account mutes. */
export const maxMuted = maxMutes;

/** Most articles and threads that an account mutes. */
export const maxMutedDiscussions = maxDiscussionMutes;

/** The accounts that the viewer has muted, the last one first; of the viewer's own, whatever account is requested. */
export const mutedByAccountId: LoaderFactory<DataLoader<string, readonly string[]>> = ({ db, viewer }) =>
  new DataLoader(async (accountIds) => {
    const own = accountIds.filter((accountId) => accountId === viewer?.accountId);
    const rows = own.length === 0 ? [] : await selectMutes(db, own);
    return accountIds.map((id) =>
      rows.filter(({ accountId }) => accountId === id).map(({ mutedAccountId }) => mutedAccountId),
    );
  });

/** The discussions that the viewer has muted, the last one first; of the viewer's own, as above. */
export const mutedDiscussionsByAccountId: LoaderFactory<DataLoader<string, readonly MutedDiscussion[]>> = ({
  db,
  viewer,
}) =>
  new DataLoader((accountIds) =>
    Promise.all(
      accountIds.map(async (accountId) =>
        viewer?.accountId === accountId ? selectDiscussionMutes(db, accountId) : [],
      ),
    ),
  );

/** The mute of an article itself. */
export const discussionOfArticle = (articleId: string): MutedDiscussion => ({
  articleId,
  commentId: wholeArticle,
});

export const isOfWholeArticle = ({ commentId }: MutedDiscussion): boolean => commentId === wholeArticle;

import { commentErrors } from './comment-errors.ts';
import { commentInvariants, commentKeys } from './comment-invariants.ts';
import { commentTexts } from './comment-texts.ts';
import { NewThreads } from '../articles/writing/new-threads.ts';
import { SitePages } from '../articles/writing/site-pages.ts';
import type { Tx } from '../../platform/db/database.ts';
import type { Config } from '../../platform/config/config.ts';
import type { NotificationDeclarations } from '../../platform/feature/notification.ts';
import { defineFeature, type Parts, resolver } from '../../platform/feature/feature.ts';
import { DiscussionMuteEntity } from './mutes/discussion-mute.entity.ts';
import { deleteDiscussionMutes, discussionMuteData } from './mutes/discussion-mute.queries.ts';
import { MuteEntity } from './mutes/mute.entity.ts';
import { deleteMutes, muteData } from './mutes/mute.queries.ts';
import { MuteResolver } from './mutes/mute.resolver.ts';
import { MuteService } from './mutes/mute.service.ts';
import {
  ArticleMuteResolver,
  AuthorMuteResolver,
  CommentMuteResolver,
  ViewerMuteResolver,
} from './mutes/viewer-mute.resolver.ts';
import { commentNotifications } from './comment-notifications.ts';
import { CommentNotificationResolver } from './comment-notification.resolver.ts';
import { Inbox } from '../notifications/inbox/inbox.ts';
import { ModerationLog } from '../../platform/screening/moderation-log.ts';
import { ScreeningMemory } from '../screening/screening-memory.ts';
import { Screening } from '../screening/screening.ts';
import { AuthorCommentsResolver } from './by-account/author-comments.resolver.ts';
import { commentData, reactionData } from './by-account/comment-data.queries.ts';
import { commentErasure } from './by-account/comment-erasure.ts';
import {
  CommentAdded,
  CommentEdited,
  CommentReactionsChanged,
  CommentRemoved,
  CommentRestored,
  CommentUpdated,
} from './thread/comment-event.type.ts';
import { commentCounters, commentEvents } from './thread/comment-events.ts';
import { CommentHoldResolver, HeldEditHoldResolver } from './held/comment-hold.resolver.ts';
import { ArticleThreadResolver, CommentThreadResolver } from './thread/comment-thread.resolver.ts';
import {
  CommentCounterEntity,
  CommentEntity,
  CommentReactionEntity,
  CommentRevisionEntity,
} from './thread/comment.entity.ts';
import { AddCommentPayloadResolver, CommentMutationResolver } from './writing/comment.mutation.ts';
import type { CommentLimits } from './thread/comment.policy.ts';
import {
  ArticleCommentResolver,
  CommentAuthorResolver,
  CommentResolver,
  findCommentAuthorNode,
  findCommentNode,
  ViewerCommentResolver,
} from './thread/comment.resolver.ts';
import { CommentEditService } from './writing/comment-edit.service.ts';
import { CommentService } from './writing/comment.service.ts';
import { usualSharedLockTimeoutMs } from './writing/comment-writer.ts';
import {
  CommentEventResolver,
  OmittedCommentResolver,
  CommentSubscriptionResolver,
} from './thread/comment.subscription.ts';
import { CommentDecisionResolver } from './held/decision.resolver.ts';
import { HeldEditEntity } from './held/held-edit.entity.ts';
import { CommentHeldEditResolver, HeldEditResolver } from './held/held-edit.resolver.ts';
import {
  ImportedAuthorEntity,
  ImportedAuthorSecretEntity,
} from './imported-authors/imported-author.entity.ts';
import { NewThreadResolver } from './writing/new-thread.resolver.ts';
import { ArticleOwnCommentsResolver, OwnCommentsResolver } from './by-account/own-comments.resolver.ts';
import { ReactionResolver } from './reactions/reaction.resolver.ts';
import { ReactionService } from './reactions/reaction.service.ts';
import { pageRoutes } from '../../platform/http/paths.ts';
import { branchPage, texts as branchTexts } from './branch.page.ts';
import { commentsInHeadPart, discussionPart, texts as discussionTexts } from './discussion.page.ts';
import { scriptedPages } from '../../platform/page/served.ts';

/** Both have their own: only that of the mutation asks for pages. */
const newThreadsOf = ({ config, links, clock, warn }: Parts): NewThreads =>
  new NewThreads({
    sites: config.embedSites,
    policy: config.newThreadPolicy,
    pages: new SitePages({
      reach: { allowPrivate: config.webhookPrivateNetworks, ownPorts: config.ownPorts },
      timeoutMs: config.embedPageTimeoutMs,
    }),
    isOwn: (url) => links.isOwn(url),
    clock,
    warn,
  });

const limitsOf = ({ maxCommentLength, maxCommentDepth, editWindowSeconds }: Config): CommentLimits => ({
  maxLength: maxCommentLength,
  maxDepth: maxCommentDepth,
  editWindowSeconds,
});

const mutesForgottenBy =
  (notifications: NotificationDeclarations) =>
  async (tx: Tx, accountId: string): Promise<void> => {
    await deleteMutes(tx, accountId, notifications);
    await deleteDiscussionMutes(tx, accountId);
  };

declare module '../../platform/auth/scopes.ts' {
  interface Scopes {
    readonly COMMENT: true;
  }
}

/** Threads of comments under articles, with reactions and held edits. */
export const commentFeature = defineFeature({
  name: 'comment',
  migrations: [],
  tables: [
    CommentEntity,
    CommentCounterEntity,
    CommentRevisionEntity,
    CommentReactionEntity,
    HeldEditEntity,
    ImportedAuthorEntity,
    ImportedAuthorSecretEntity,
    MuteEntity,
    DiscussionMuteEntity,
  ],
  resolvers: [
    resolver(ArticleCommentResolver),
    resolver(CommentAuthorResolver, ({ links }) => [links]),
    resolver(AuthorCommentsResolver),
    resolver(CommentResolver, ({ links, config, clock }) => [links, limitsOf(config), clock]),
    resolver(CommentHeldEditResolver),
    resolver(CommentDecisionResolver),
    resolver(HeldEditResolver, ({ config, clock }) => [limitsOf(config), clock]),
    resolver(CommentHoldResolver),
    resolver(HeldEditHoldResolver),
    resolver(ArticleThreadResolver),
    resolver(CommentThreadResolver),
    resolver(ViewerCommentResolver),
    resolver(OwnCommentsResolver),
    resolver(ArticleOwnCommentsResolver),
    resolver(CommentMutationResolver, (parts) => {
      const common = {
        ...parts,
        moderationLog: new ModerationLog(parts.bus),
        screening: new Screening(new ScreeningMemory()),
        limits: limitsOf(parts.config),
        sharedLockTimeoutMs: Math.min(parts.config.databaseLockTimeoutMs, usualSharedLockTimeoutMs),
      };
      return [
        new CommentService({ ...common, newThreads: newThreadsOf(parts) }),
        new CommentEditService(common),
        parts.links,
      ];
    }),
    resolver(NewThreadResolver, (parts) => [newThreadsOf(parts), parts.links]),
    resolver(AddCommentPayloadResolver),
    resolver(CommentSubscriptionResolver),
    resolver(CommentEventResolver),
    resolver(OmittedCommentResolver),
    resolver(CommentNotificationResolver),
    resolver(ViewerMuteResolver),
    resolver(MuteResolver, (parts) => [new MuteService(parts.db, new Inbox(parts.bus))]),
    resolver(ArticleMuteResolver),
    resolver(CommentMuteResolver),
    resolver(AuthorMuteResolver),
    resolver(ReactionResolver, ({ db, log }) => [new ReactionService(db, log)]),
  ],
  types: [
    CommentAdded,
    CommentEdited,
    CommentUpdated,
    CommentRemoved,
    CommentRestored,
    CommentReactionsChanged,
  ],
  nodes: { Comment: findCommentNode, CommentAuthor: findCommentAuthorNode },
  logs: [],
  events: commentEvents,
  counters: commentCounters,
  notifications: commentNotifications,
  idempotency: commentKeys,
  errorCodes: commentErrors,
  scopes: { COMMENT: { place: 2 } },
  texts: commentTexts,
  invariants: commentInvariants,
  pruning: () => [],
  jobs: () => [],
  // Mutes go at the end as well: a request that was under way may have made another one.
  routes: () => [],
  served: {
    pages: { [pageRoutes.branch]: branchPage, ...scriptedPages(pageRoutes.myComments) },
    parts: { CommentsInHead: commentsInHeadPart, Discussion: discussionPart },
    texts: { ...discussionTexts, ...branchTexts },
  },
  erasure: (_, notifications) => {
    const forgetMutes = mutesForgottenBy(notifications);
    return { ...commentErasure, close: forgetMutes, finish: forgetMutes };
  },
  personalData: [commentData, reactionData, muteData, discussionMuteData],
});

import { NewThreads } from '../article/new-threads.ts';
import { SitePages } from '../article/site-pages.ts';
import type { Config } from '../config/config.ts';
import { defineFeature, type Parts, resolver } from '../feature/feature.ts';
import { Inbox } from '../inbox/inbox.ts';
import { ModerationLog } from '../moderation-log/moderation-log.ts';
import { ScreeningMemory } from '../screening/screening-memory.ts';
import { Screening } from '../screening/screening.ts';
import { AuthorCommentsResolver } from './author-comments.resolver.ts';
import { commentData, reactionData } from './comment-data.queries.ts';
import { commentErasure } from './comment-erasure.ts';
import {
  CommentAdded,
  CommentEdited,
  commentEventViews,
  CommentReactionsChanged,
  CommentRemoved,
  CommentRestored,
  CommentUpdated,
} from './comment-event.type.ts';
import { CommentHoldResolver, HeldEditHoldResolver } from './comment-hold.resolver.ts';
import { ArticleThreadResolver, CommentThreadResolver } from './comment-thread.resolver.ts';
import {
  CommentCounterEntity,
  CommentEntity,
  CommentReactionEntity,
  CommentRevisionEntity,
} from './comment.entity.ts';
import { AddCommentPayloadResolver, CommentMutationResolver } from './comment.mutation.ts';
import type { CommentLimits } from './comment.policy.ts';
import {
  ArticleCommentResolver,
  CommentAuthorResolver,
  CommentResolver,
  findCommentAuthorNode,
  findCommentNode,
  ViewerCommentResolver,
} from './comment.resolver.ts';
import { CommentEditService } from './comment-edit.service.ts';
import { CommentRemovalService } from './comment-removal.service.ts';
import { CommentService } from './comment.service.ts';
import { usualSharedLockTimeoutMs } from './comment-writer.ts';
import {
  CommentEventResolver,
  CommentSubscriptionResolver,
  commentTextLengths,
} from './comment.subscription.ts';
import { CommentDecisionEntity } from './decision.entity.ts';
import { CommentDecisionResolver } from './decision.resolver.ts';
import { HeldEditEntity } from './held-edit.entity.ts';
import { CommentHeldEditResolver, HeldEditResolver } from './held-edit.resolver.ts';
import { ImportedAuthorEntity, ImportedAuthorSecretEntity } from './imported-author.entity.ts';
import { NewThreadResolver } from './new-thread.resolver.ts';
import { ArticleOwnCommentsResolver, OwnCommentsResolver } from './own-comments.resolver.ts';
import { ReactionResolver } from './reaction.resolver.ts';
import { ReactionService } from './reaction.service.ts';

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

/** Threads of comments under articles, with reactions and held edits. */
export const commentFeature = defineFeature({
  name: 'comment',
  tables: [
    CommentEntity,
    CommentCounterEntity,
    CommentRevisionEntity,
    CommentReactionEntity,
    HeldEditEntity,
    CommentDecisionEntity,
    ImportedAuthorEntity,
    ImportedAuthorSecretEntity,
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
      const inbox = new Inbox(parts.bus);
      return [
        new CommentService({ ...common, newThreads: newThreadsOf(parts) }),
        new CommentEditService(common),
        new CommentRemovalService({ ...common, inbox }),
        parts.links,
      ];
    }),
    resolver(NewThreadResolver, (parts) => [newThreadsOf(parts), parts.links]),
    resolver(AddCommentPayloadResolver),
    resolver(CommentSubscriptionResolver),
    resolver(CommentEventResolver),
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
  eventViews: commentEventViews,
  eventTextLengths: commentTextLengths,
  pruning: () => [],
  background: () => [],
  erasure: () => commentErasure,
  personalData: [commentData, reactionData],
});

import { AccountResolver, findViewerNode } from './account/account.resolver.ts';
import { SessionService } from './account/session.service.ts';
import { ArticleEventResolver, articleTextLengths } from './article/article-log.resolver.ts';
import {
  ArticleListResolver,
  JournalistArticleResolver,
  TagArticleResolver,
  ViewerArticleResolver,
} from './article/article-list.resolver.ts';
import { ArticleSearchResolver } from './article/article-search.resolver.ts';
import { ArticleResolver, findArticleNode } from './article/article.resolver.ts';
import { ArticleMutationResolver, ViewerWritingResolver } from './article/article.mutation.ts';
import { ArticleService } from './article/article.service.ts';
import { ArticleSubscriptionResolver } from './article/article.subscription.ts';
import { findTagNode, TagResolver } from './article/tag.resolver.ts';
import { type AccessTokens } from './auth/access-token.ts';
import type { HashingQueue } from './auth/hashing-queue.ts';
import { HeldCommentResolver } from './moderation/held.resolver.ts';
import { ModerationResolver } from './moderation/moderation.resolver.ts';
import { ModerationService } from './moderation/moderation.service.ts';
import { ReactionResolver } from './comment/reaction.resolver.ts';
import { ReactionService } from './comment/reaction.service.ts';
import { articleEventViews } from './article/article-event.type.ts';
import { ArticleUpdatedResolver, CommentPolicyChangedResolver } from './article/article-event.resolver.ts';
import { commentEventViews } from './comment/comment-event.type.ts';
import { AddCommentPayloadResolver, CommentMutationResolver } from './comment/comment.mutation.ts';
import type { CommentLimits } from './comment/comment.policy.ts';
import {
  ArticleCommentResolver,
  CommentResolver,
  findCommentAuthorNode,
  findCommentNode,
  ViewerCommentResolver,
} from './comment/comment.resolver.ts';
import {
  ArticleThreadResolver,
  CommentConnectionResolver,
  CommentThreadResolver,
} from './comment/comment-thread.resolver.ts';
import { CommentService } from './comment/comment.service.ts';
import {
  CommentEventResolver,
  CommentSubscriptionResolver,
  commentTextLengths,
} from './comment/comment.subscription.ts';
import { CommentHeldEditResolver, HeldEditResolver } from './comment/held-edit.resolver.ts';
import { OwnCommentsResolver } from './comment/own-comments.resolver.ts';
import type { Config } from './config.ts';
import { type Database } from './db/database.ts';
import {
  EndorsementAddedResolver,
  EndorsementEventResolver,
  EndorsementUpdatedResolver,
} from './endorsement/endorsement-event.resolver.ts';
import { endorsementEventViews } from './endorsement/endorsement-event.type.ts';
import {
  ArticleEndorsementResolver,
  EndorsementConnectionResolver,
  EndorsementResolver,
  findEndorsementNode,
} from './endorsement/endorsement.resolver.ts';
import { EndorsementService } from './endorsement/endorsement.service.ts';
import { OwnEndorsementsResolver } from './endorsement/own-endorsements.resolver.ts';
import { type Bus } from './events/bus.ts';
import { EventLog } from './events/log.ts';
import { type Links } from './graphql/links.ts';
import { NodeResolver } from './graphql/node.ts';
import {
  findJournalistNode,
  JournalistResolver,
  ViewerJournalistResolver,
} from './journalist/journalist.resolver.ts';
import { type Clock } from './time/clock.ts';

/** What resolvers and their services are made of. */
export interface ResolverParts {
  readonly config: Config;
  readonly db: Database;
  readonly bus: Bus;
  readonly links: Links;
  readonly tokens: AccessTokens;
  readonly hashing: HashingQueue;
  readonly clock: Clock;
}

/** Every service and resolver, by its class: made here, and nowhere else. */
export function createResolvers({
  config,
  db,
  bus,
  links,
  tokens,
  hashing,
  clock,
}: ResolverParts): Map<unknown, object> {
  const log = new EventLog(bus);
  const limits: CommentLimits = {
    maxLength: config.maxCommentLength,
    maxDepth: config.maxCommentDepth,
    editWindowSeconds: config.editWindowSeconds,
  };
  const sessions = new SessionService({
    db: db,
    tokens,
    hashing,
    limits: {
      refreshTtlSeconds: config.refreshTokenTtlSeconds,
      maxSessionSeconds: config.maxSessionSeconds,
      maxSessionsPerAccount: config.maxSessionsPerAccount,
    },
    clock,
  });
  const articles = new ArticleService({ db: db, log, clock });
  const comments = new CommentService({ db: db, log, limits, clock });
  const endorsements = new EndorsementService(db, log);
  const views = { ...articleEventViews, ...commentEventViews, ...endorsementEventViews };
  const instances = [
    new NodeResolver({
      Article: findArticleNode,
      Comment: findCommentNode,
      CommentAuthor: findCommentAuthorNode,
      Endorsement: findEndorsementNode,
      Journalist: findJournalistNode,
      Tag: findTagNode,
      Viewer: findViewerNode,
    }),
    new AccountResolver(sessions),
    new JournalistResolver(links),
    new ViewerJournalistResolver(),
    new ArticleResolver(links),
    new ArticleListResolver(),
    new JournalistArticleResolver(),
    new TagArticleResolver(),
    new ViewerArticleResolver(),
    new ArticleSearchResolver(),
    new TagResolver(),
    new ArticleMutationResolver(articles),
    new ViewerWritingResolver(),
    new ArticleSubscriptionResolver(views),
    new ArticleEventResolver(views, { ...articleTextLengths, ...commentTextLengths }),
    new ArticleUpdatedResolver(),
    new CommentPolicyChangedResolver(),
    new ArticleEndorsementResolver(),
    new EndorsementConnectionResolver(),
    new EndorsementResolver(endorsements),
    new OwnEndorsementsResolver(),
    new EndorsementEventResolver(),
    new EndorsementAddedResolver(),
    new EndorsementUpdatedResolver(),
    new ArticleCommentResolver(),
    new CommentResolver(links, limits, clock),
    new CommentHeldEditResolver(),
    new HeldEditResolver(limits, clock),
    new ArticleThreadResolver(),
    new CommentThreadResolver(),
    new CommentConnectionResolver(),
    new ViewerCommentResolver(),
    new OwnCommentsResolver(),
    new CommentMutationResolver(comments),
    new AddCommentPayloadResolver(),
    new CommentSubscriptionResolver(),
    new CommentEventResolver(),
    new ReactionResolver(new ReactionService(db, log)),
    new ModerationResolver(new ModerationService(db, log)),
    new HeldCommentResolver(),
  ];
  return new Map(instances.map((instance) => [instance.constructor, instance]));
}

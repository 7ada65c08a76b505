import type { GraphQLObjectType, GraphQLSchema } from 'graphql';
import { buildSchemaSync, type PubSub } from 'type-graphql';
import { AccountResolver } from './account/account.resolver.ts';
import { ArticleUpdatedResolver, CommentPolicyChangedResolver } from './article/article-event.resolver.ts';
import {
  ArticleCheckpoint,
  ArticleReset,
  ArticleUnpublished,
  ArticleUpdated,
  CommentPolicyChanged,
  EventOmitted,
} from './article/article-event.type.ts';
import { ArticleEventResolver } from './article/article-log.resolver.ts';
import { ArticleMutationResolver, ViewerWritingResolver } from './article/article.mutation.ts';
import {
  CommentAdded,
  CommentEdited,
  CommentReactionsChanged,
  CommentRemoved,
  CommentRestored,
  CommentUpdated,
} from './comment/comment-event.type.ts';
import {
  ArticleListResolver,
  JournalistArticleResolver,
  TagArticleResolver,
  ViewerArticleResolver,
} from './article/article-list.resolver.ts';
import { ArticleSearchResolver } from './article/article-search.resolver.ts';
import { ArticleResolver } from './article/article.resolver.ts';
import { ArticleSubscriptionResolver } from './article/article.subscription.ts';
import { TagResolver } from './article/tag.resolver.ts';
import { AddCommentPayloadResolver, CommentMutationResolver } from './comment/comment.mutation.ts';
import {
  ArticleCommentResolver,
  CommentResolver,
  ViewerCommentResolver,
} from './comment/comment.resolver.ts';
import {
  ArticleThreadResolver,
  CommentConnectionResolver,
  CommentThreadResolver,
} from './comment/comment-thread.resolver.ts';
import { CommentEventResolver, CommentSubscriptionResolver } from './comment/comment.subscription.ts';
import { OwnCommentsResolver } from './comment/own-comments.resolver.ts';
import {
  EndorsementAddedResolver,
  EndorsementEventResolver,
  EndorsementUpdatedResolver,
} from './endorsement/endorsement-event.resolver.ts';
import {
  EndorsementAdded,
  EndorsementUpdated,
  EndorsementWithdrawn,
} from './endorsement/endorsement-event.type.ts';
import {
  ArticleEndorsementResolver,
  EndorsementConnectionResolver,
  EndorsementResolver,
} from './endorsement/endorsement.resolver.ts';
import { CommentHeldEditResolver, HeldEditResolver } from './comment/held-edit.resolver.ts';
import { ReactionResolver } from './comment/reaction.resolver.ts';
import { OwnEndorsementsResolver } from './endorsement/own-endorsements.resolver.ts';
import { countAnswers } from './graphql/answer-size.ts';
import { NodeResolver } from './graphql/node.ts';
import { JournalistResolver, ViewerJournalistResolver } from './journalist/journalist.resolver.ts';
import { HeldCommentResolver } from './moderation/held.resolver.ts';
import { ModerationResolver } from './moderation/moderation.resolver.ts';

/** A class whose instances resolve fields. */
export type ResolverClass = abstract new (...args: never[]) => object;

const resolverClasses = [
  NodeResolver,
  AccountResolver,
  JournalistResolver,
  ViewerJournalistResolver,
  ArticleResolver,
  ArticleListResolver,
  JournalistArticleResolver,
  ArticleMutationResolver,
  ViewerWritingResolver,
  TagArticleResolver,
  ViewerArticleResolver,
  ArticleSearchResolver,
  TagResolver,
  ArticleSubscriptionResolver,
  ArticleUpdatedResolver,
  CommentPolicyChangedResolver,
  ArticleEventResolver,
  ArticleEndorsementResolver,
  EndorsementConnectionResolver,
  EndorsementResolver,
  OwnEndorsementsResolver,
  EndorsementEventResolver,
  EndorsementAddedResolver,
  EndorsementUpdatedResolver,
  ArticleCommentResolver,
  CommentResolver,
  CommentHeldEditResolver,
  HeldEditResolver,
  ArticleThreadResolver,
  CommentThreadResolver,
  CommentConnectionResolver,
  ViewerCommentResolver,
  OwnCommentsResolver,
  CommentMutationResolver,
  AddCommentPayloadResolver,
  CommentSubscriptionResolver,
  CommentEventResolver,
  ReactionResolver,
  ModerationResolver,
  HeldCommentResolver,
] as const;

/** Types that are reached through an interface only. */
const eventTypes = [
  ArticleCheckpoint,
  ArticleReset,
  EventOmitted,
  CommentAdded,
  CommentEdited,
  CommentUpdated,
  CommentRemoved,
  CommentRestored,
  CommentReactionsChanged,
  EndorsementAdded,
  EndorsementUpdated,
  EndorsementWithdrawn,
  ArticleUpdated,
  CommentPolicyChanged,
  ArticleUnpublished,
];

/** The library can't describe the root types. */
function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) type.description = description;
}

/** Every subscription brings a source of its own; the library asks for this one all the same. */
const noPubSub: PubSub = {
  publish: () => {
    throw new Error('Events go through the log');
  },
  subscribe: () => {
    throw new Error('Events come from the hub');
  },
};

/**
 * The schema.
 * @param resolve the instance of a resolver class; printing the schema needs none
 */
export function buildApiSchema(resolve: (resolver: ResolverClass) => object): GraphQLSchema {
  const schema = buildSchemaSync({
    resolvers: resolverClasses,
    orphanedTypes: eventTypes,
    container: { get: (resolver) => resolve(resolver as ResolverClass) },
    pubSub: noPubSub,
    validate: false,
    // Apollo validates it once more; this would run an introspection query at each start.
    skipCheck: true,
  });
  countAnswers(schema);
  describe(
    schema.getQueryType(),
    'What can be read. Every list is a connection: 20 items unless asked for more, 100 at most.',
  );
  describe(
    schema.getMutationType(),
    'What can be done. An expected refusal is a value in `userErrors`, and then nothing was written.',
  );
  describe(
    schema.getSubscriptionType(),
    'What can be listened to, over WebSocket (the graphql-transport-ws protocol).',
  );
  return schema;
}

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { isAccount } from '../../../platform/auth/viewer.ts';
import type { Viewer } from '../../../platform/auth/viewer.ts';
import { AccountCommand } from '../../../platform/graphql/command.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { CommentPayload } from '../writing/comment.input.ts';
import { refusalToReact } from '../thread/comment.policy.ts';
import { toCommentKey } from '../thread/comment.show.ts';
import { toComment } from '../writing/comment-command.show.ts';
import { Comment, commentFacts } from '../thread/comment.type.ts';
import { ReactInput, UnreactInput } from './reaction.input.ts';
import { reactionsForViewer } from './reaction.loader.ts';
import type { ReactionKind } from './reaction.queries.ts';
import type { ReactionService } from './reaction.service.ts';
import { ReactionCount, ReactionKindEnum } from './reaction.type.ts';

/** Fields and mutations for reactions to comments. */
@Resolver(() => Comment)
export class ReactionResolver {
  constructor(private readonly reactionService: ReactionService) {}

  @Bounded(3)
  @FieldResolver(() => [ReactionCount], {
    description: 'The number of reactions of each kind; empty for a tombstone.',
  })
  reactions(@Root() { row }: Comment): ReactionCount[] {
    return ReactionCount.allOf(row);
  }

  @ViewerDependent()
  @FieldResolver(() => [ReactionKindEnum], {
    description: 'The kinds of the viewer’s own reactions; empty if there are none.',
  })
  async viewerReactions(
    @Root() { row }: Comment,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<readonly ReactionKind[]> {
    if (!viewer || row.status === 'REMOVED') return [];
    const reactions = await loaders.get(reactionsForViewer).load(row);
    return reactions.filter(({ accountId }) => isAccount(viewer, accountId)).map(({ kind }) => kind);
  }

  @ViewerDependent()
  @FieldResolver(() => Boolean, {
    description: 'Whether `react` and `unreact` would accept a reaction by the viewer.',
  })
  viewerCanReact(@Root() { row }: Comment, @Ctx() { viewer }: Context): boolean {
    return refusalToReact(commentFacts(row), viewer) === undefined;
  }

  @NeedsScope('COMMENT')
  @AccountCommand(CommentPayload, {
    description: 'Adds a reaction to a comment.',
    input: [ReactInput, 'The reaction.'],
  })
  react(input: ReactInput, viewer: Viewer, context: Context): Promise<CommentPayload> {
    return toComment(this.reactionService.react(viewer, toCommentKey(input.commentId), input.kind), context);
  }

  @NeedsScope('COMMENT')
  @AccountCommand(CommentPayload, {
    description: 'Withdraws a reaction to a comment.',
    input: [UnreactInput, 'The reaction.'],
  })
  unreact(input: UnreactInput, viewer: Viewer, context: Context): Promise<CommentPayload> {
    return toComment(
      this.reactionService.unreact(viewer, toCommentKey(input.commentId), input.kind),
      context,
    );
  }
}

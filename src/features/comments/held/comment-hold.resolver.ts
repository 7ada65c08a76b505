import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { hasScope, isForOne, refusalToModerate } from '../../../platform/auth/viewer.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import type { CommentText } from '../../screening/comment-hold.queries.ts';
import { holdOfText } from '../../screening/comment-hold.loader.ts';
import { CommentHold } from '../../screening/comment-hold.type.ts';
import { Comment } from '../thread/comment.type.ts';
import { HeldEdit } from './held-edit.type.ts';

/** Only for those who see the text: its author and moderators. */
async function loadHold({ viewer, loaders }: Context, text: CommentText): Promise<CommentHold | null> {
  if (!viewer || !isForOne(viewer)) return null;
  const row = await loaders.get(holdOfText).load(text);
  const moderates = refusalToModerate(viewer) === undefined && hasScope(viewer, 'MODERATE');
  return row ? CommentHold.from(row, moderates) : null;
}

@Resolver(() => Comment)
export class CommentHoldResolver {
  @ViewerDependent()
  @FieldResolver(() => CommentHold, {
    nullable: true,
    description:
      'Why this comment waits for a moderator: for its author and for moderators. Null if it does not wait, and if the reason is not known.',
  })
  viewerHold(@Root() { row }: Comment, @Ctx() context: Context): Promise<CommentHold | null> | null {
    // Who sees a comment that waits is its author or a moderator.
    if (row.status !== 'PENDING') return null;
    return loadHold(context, { articleId: row.articleId, commentId: row.id, revision: row.revision });
  }
}

@Resolver(() => HeldEdit)
export class HeldEditHoldResolver {
  @ViewerDependent()
  @FieldResolver(() => CommentHold, {
    nullable: true,
    description:
      'Why this text waits for a moderator. Null if it was rejected, and if the reason is not known.',
  })
  viewerHold(@Root() { row }: HeldEdit, @Ctx() context: Context): Promise<CommentHold | null> | null {
    if (row.status !== 'PENDING') return null;
    const { articleId, commentId, revision } = row;
    return loadHold(context, { articleId, commentId, revision });
  }
}

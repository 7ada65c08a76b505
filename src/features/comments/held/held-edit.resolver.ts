import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { isForOne } from '../../../platform/auth/viewer.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { CommentText } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { canSeeHeldEdit, type CommentLimits, refusalToEdit } from '../thread/comment.policy.ts';
import { Comment, commentFacts } from '../thread/comment.type.ts';
import { heldEditOfComment } from './held-edit.loader.ts';
import { HeldEdit } from './held-edit.type.ts';

/** The field of comments for held edits. */
@Resolver(() => Comment)
export class CommentHeldEditResolver {
  @ViewerDependent()
  @FieldResolver(() => HeldEdit, {
    nullable: true,
    description:
      'A new text of this public comment that waits for a moderator’s approval or was rejected; null if there is none, or the viewer is neither the comment’s author nor a moderator.',
  })
  async viewerHeldEdit(
    @Root() { row }: Comment,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<HeldEdit | null> {
    // No statement for readers; only for viewers' own comments and for moderators.
    if (!viewer || !canSeeHeldEdit(commentFacts(row), viewer) || !isForOne(viewer)) return null;
    const edit = await loaders.get(heldEditOfComment).load(row);
    return edit ? HeldEdit.from(row, edit) : null;
  }
}

@Resolver(() => HeldEdit)
export class HeldEditResolver {
  constructor(
    private readonly limits: CommentLimits,
    private readonly clock: Clock,
  ) {}

  @CommentText()
  @ViewerDependent()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The Markdown source of the text, to continue editing it; null if the viewer may not edit the comment.',
  })
  viewerBodyMarkdown(@Root() { comment, row }: HeldEdit, @Ctx() { viewer }: Context): string | null {
    const refusal = refusalToEdit(commentFacts(comment), viewer, this.limits, this.clock.now());
    return refusal === undefined ? row.bodyMarkdown : null;
  }
}

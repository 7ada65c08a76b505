import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { isAccount, isForOne } from '../../../platform/auth/viewer.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { TextOf } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { Comment } from '../thread/comment.type.ts';
import { lastDecisionOfComment } from './decision.loader.ts';
import { maxNoteLength } from '../../../platform/screening/decision-note.ts';

/** The field of comments for the reasons of moderators. */
@Resolver(() => Comment)
export class CommentDecisionResolver {
  @TextOf(maxNoteLength)
  @ViewerDependent()
  @FieldResolver(() => String, {
    nullable: true,
    description: `The reason that a moderator gave for rejecting or removing this comment of the viewer, or for rejecting its new text; plain text of at most ${maxNoteLength} characters. Null if none was given, if no such decision stands, and for comments of others.`,
  })
  async viewerDecisionReason(
    @Root() { row }: Comment,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<string | null> {
    // No statement for readers; only for viewers' own comments.
    if (!viewer || !isAccount(viewer, row.accountId) || !isForOne(viewer)) return null;
    const decision = await loaders.get(lastDecisionOfComment).load(row);
    return decision?.against ? decision.note : null;
  }
}

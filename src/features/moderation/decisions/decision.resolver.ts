import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { isAccount, isForOne } from '../../../platform/auth/viewer.ts';
import { loadComment } from '../../comments/thread/comment.show.ts';
import { Comment } from '../../comments/thread/comment.type.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { nodeFinder } from '../../../platform/graphql/node.ts';
import { CommentText } from '../../../platform/graphql/price.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { DecisionNotice } from '../../../platform/screening/decision-notice.type.ts';
import { loadDecidedText } from './decided-text.ts';
import { lastDecisionOfComment } from '../../comments/held/decision.loader.ts';
import { loadDecision } from './decision.show.ts';
import { ModerationDecision } from './decision.type.ts';
import { loadPerson } from '../persons/person.show.ts';
import { Person } from '../persons/person.type.ts';

const loadArticleOf = async (context: Context, articleId: string | null): Promise<Article | null> =>
  articleId === null ? null : loadArticle(context, articleId);

/** Fields of a decision that are read when they are asked for. */
@Resolver(() => ModerationDecision)
export class ModerationDecisionResolver {
  @NeedsScope('MODERATE')
  @FieldResolver(() => Person, {
    nullable: true,
    description: 'Who has decided; null for the service itself, and for an account that was erased.',
  })
  actor(@Root() { row }: ModerationDecision, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.actorId);
  }

  @NeedsScope('MODERATE')
  @FieldResolver(() => Person, {
    nullable: true,
    description: 'The account that it is about; null for an author without one, and once it was erased.',
  })
  person(@Root() { row }: ModerationDecision, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.subjectId);
  }

  @FieldResolver(() => Comment, {
    nullable: true,
    description: 'The comment as it is now; null if it vanished, or the viewer may not see it.',
  })
  async comment(
    @Root() { row: { articleId, commentId } }: ModerationDecision,
    @Ctx() context: Context,
  ): Promise<Comment | null> {
    return articleId === null || commentId === null
      ? null
      : loadComment(context, { articleId, id: commentId });
  }

  @FieldResolver(() => Article, {
    nullable: true,
    description:
      'The article of the comment; null for a decision about an account, and if the viewer may not see the article.',
  })
  article(
    @Root() { row: { articleId } }: ModerationDecision,
    @Ctx() context: Context,
  ): Promise<Article | null> {
    return loadArticleOf(context, articleId);
  }

  @CommentText()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The text that was decided on, as sanitised HTML, also if its comment is removed; null if another text has taken its place, it was erased, or the decision is about none.',
  })
  async bodyHtml(@Root() { row }: ModerationDecision, @Ctx() context: Context): Promise<string | null> {
    return (await loadDecidedText(context, row))?.bodyHtml ?? null;
  }

  @CommentText()
  @FieldResolver(() => String, {
    nullable: true,
    description: 'The same text without markup; null where `bodyHtml` is.',
  })
  async bodyText(@Root() { row }: ModerationDecision, @Ctx() context: Context): Promise<string | null> {
    return (await loadDecidedText(context, row))?.bodyText ?? null;
  }

  @NeedsScope('MODERATE')
  @FieldResolver(() => Person, {
    nullable: true,
    description: 'Who has undone it; null: nobody, or an account that was erased.',
  })
  undoneBy(@Root() { row }: ModerationDecision, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.undoneBy);
  }
}

/** The decision about one's own comment. */
@Resolver(() => Comment)
export class CommentDecisionNoticeResolver {
  @ViewerDependent()
  @FieldResolver(() => DecisionNotice, {
    nullable: true,
    description:
      'What a moderator has decided last about this comment of the viewer, alone or with all that the viewer has written since a time (REMOVED_SINCE), and why; null if nothing was, if it was undone, and for comments of others.',
  })
  async viewerDecision(
    @Root() { row: { accountId, articleId, id } }: Comment,
    @Ctx() { viewer, loaders }: Context,
  ): Promise<DecisionNotice | null> {
    // No statement for readers; only for viewers' own comments.
    if (!viewer || !isAccount(viewer, accountId) || !isForOne(viewer)) return null;
    const decision = await loaders.get(lastDecisionOfComment).load({ articleId, id });
    return decision ? DecisionNotice.from(decision) : null;
  }
}

/** Where the comment is that a decision is about, and its text. */
@Resolver(() => DecisionNotice)
export class DecisionNoticeArticleResolver {
  @FieldResolver(() => Article, {
    nullable: true,
    description:
      'The article of the comment; null for a decision about the account itself, and if the viewer may not see the article.',
  })
  article(@Root() { row: { articleId } }: DecisionNotice, @Ctx() context: Context): Promise<Article | null> {
    return loadArticleOf(context, articleId);
  }

  @CommentText()
  @FieldResolver(() => String, {
    nullable: true,
    description:
      'The viewer’s text that was decided on, as sanitised HTML, also if the comment is removed; null if another text has taken its place, it was erased, or the decision is about none.',
  })
  async bodyHtml(@Root() { row }: DecisionNotice, @Ctx() context: Context): Promise<string | null> {
    return (await loadDecidedText(context, row))?.bodyHtml ?? null;
  }
}

/** Finds a decision, for moderators. */
export const findDecisionNode = nodeFinder(1, ([id = ''], context) => loadDecision(context, id));

import { isAccount } from '../../../platform/auth/viewer.ts';
import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { loadArticle } from '../../articles/article/article.show.ts';
import { Article } from '../../articles/article/article.type.ts';
import { loadComment } from '../../comments/thread/comment.show.ts';
import { Comment } from '../../comments/thread/comment.type.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { CommentAction } from './comment-action.type.ts';
import { DecisionAction, DecisionUndone } from './decision-action.type.ts';
import { loadDecision } from '../decisions/decision.show.ts';
import { ModerationDecision } from '../decisions/decision.type.ts';
import { loadItem } from '../queue/item.show.ts';
import { ModerationItem } from '../queue/item.type.ts';
import { ModerationSettingsChanged } from './moderation-action.type.ts';
import { ModerationAction } from './moderation-event.type.ts';
import { loadPerson } from '../persons/person.show.ts';
import { Person } from '../persons/person.type.ts';

/** The people of an action. */
@Resolver(() => ModerationAction)
export class ModerationActionResolver {
  @FieldResolver(() => Person, {
    nullable: true,
    description:
      'The account that has acted; null: the service itself, an account that was erased, or for a report of the viewer’s own comment.',
  })
  actor(@Root() { row }: ModerationAction, @Ctx() context: Context): Promise<Person | null> {
    // Authors never learn who has reported them, whatever their roles.
    const isHidden = row.kind === 'REPORTED' && isAccount(context.viewer, row.subjectId);
    return loadPerson(context, isHidden ? null : row.actorId);
  }

  @FieldResolver(() => Person, {
    nullable: true,
    description:
      'The account that the action is about, such as a comment’s author; null: none, an author without an account, or an account that was erased.',
  })
  person(@Root() { row }: ModerationAction, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.subjectId);
  }
}

/** The comment of an action, and its place in the queue. */
@Resolver(() => CommentAction)
export class CommentActionResolver {
  @FieldResolver(() => Comment, {
    nullable: true,
    description:
      'The comment as it is now; null if it has vanished since, or the viewer may not see its article.',
  })
  comment(@Root() { key }: CommentAction, @Ctx() context: Context): Promise<Comment | null> {
    return loadComment(context, { articleId: key.articleId, id: key.commentId });
  }

  @FieldResolver(() => ModerationItem, {
    nullable: true,
    description: 'The entry of the queue as it is now; null: the comment is not in the queue any more.',
  })
  item(@Root() { key }: CommentAction, @Ctx() context: Context): Promise<ModerationItem | null> {
    return loadItem(context, key);
  }
}

/** The decision of an action. */
@Resolver(() => DecisionAction)
export class DecisionActionResolver {
  @FieldResolver(() => ModerationDecision, {
    nullable: true,
    description: 'The decision as it is now; null: there is none.',
  })
  decision(@Root() { row }: DecisionAction, @Ctx() context: Context): Promise<ModerationDecision | null> {
    return loadDecision(context, row.decisionId);
  }
}

/** The entry that an undone decision leaves. */
@Resolver(() => DecisionUndone)
export class DecisionUndoneResolver {
  @FieldResolver(() => ModerationItem, {
    nullable: true,
    description: 'The entry of the queue as it is now; null: the comment is not in the queue.',
  })
  async item(@Root() { row }: DecisionUndone, @Ctx() context: Context): Promise<ModerationItem | null> {
    const { articleId, commentId } = row;
    return articleId === null || commentId === null ? null : loadItem(context, { articleId, commentId });
  }
}

/** The article of a change of settings. */
@Resolver(() => ModerationSettingsChanged)
export class ModerationSettingsChangedResolver {
  @FieldResolver(() => Article, {
    nullable: true,
    description:
      'The article whose settings were changed; null: settings of the site, or an article that the viewer may not see.',
  })
  async article(
    @Root() { row }: ModerationSettingsChanged,
    @Ctx() context: Context,
  ): Promise<Article | null> {
    return row.articleId === null ? null : loadArticle(context, row.articleId);
  }
}

import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import { Comment } from '../../comments/thread/comment.type.ts';
import type { Context } from '../../../platform/graphql/context.ts';
import { type NodeFinder, nodeFinder } from '../../../platform/graphql/node.ts';
import { ViewerDependent } from '../../../platform/graphql/viewer-field.ts';
import { loadPerson } from './person.show.ts';
import { Person } from './person.type.ts';

/** The account of a comment's author. */
@Resolver(() => Comment)
export class CommentPersonResolver {
  @ViewerDependent()
  @FieldResolver(() => Person, {
    nullable: true,
    description:
      'The author as moderators see them; null for all others, for an author without an account, and for a tombstone.',
  })
  viewerPerson(@Root() { row }: Comment, @Ctx() context: Context): Promise<Person | null> {
    return loadPerson(context, row.status === 'REMOVED' ? null : row.accountId);
  }
}

/** Finds an account, for moderators. */
export const findPersonNode: NodeFinder = nodeFinder(1, ([id = ''], context) => loadPerson(context, id));

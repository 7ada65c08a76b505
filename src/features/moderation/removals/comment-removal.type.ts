import { Field, Int, ObjectType } from 'type-graphql';
import type { RemovalProgressRow } from './comment-removal.queries.ts';

/** How far the removal of what an account has written has come. */
@ObjectType({
  simpleResolvers: true,
  description: 'How far the removal of everything that an account has written since a time has come.',
})
export class CommentRemoval {
  @Field(() => Int, { description: 'The number of comments that it has removed so far.' })
  commentCount!: number;

  @Field(() => Boolean, {
    description:
      'Whether all is done: everything is removed, or put back if the decision was undone. The service goes on by itself until then.',
  })
  isDone!: boolean;

  static from(row: RemovalProgressRow): CommentRemoval {
    return Object.assign(new CommentRemoval(), row);
  }
}

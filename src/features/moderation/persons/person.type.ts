import { Field, Int, ObjectType } from 'type-graphql';
import { RoleEnum } from '../../people/account/account.type.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import { CommentAuthor } from '../../comments/thread/comment.type.ts';
import { connectionType, edgeType } from '../../../platform/graphql/connection.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { CommentCountsRow, PersonRow } from './person.queries.ts';

/** An account as moderators see it. */
@NeedsScope('MODERATE', 'ADMINISTER')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description: 'An account as moderators see it. Nobody else sees this object.',
})
export class Person extends Node {
  readonly accountId!: string;

  @Field(() => String, { description: 'The name shown beside the account’s comments.' })
  name!: string;

  @Field(() => CommentAuthor, { description: 'The account as everybody sees it.' })
  author!: CommentAuthor;

  @Field(() => [RoleEnum], { description: 'The roles of the account.' })
  roles!: readonly Role[];

  @Field(() => DateTimeScalar, { description: 'When the account was opened.' })
  createdAt!: Date;

  static from(row: PersonRow): Person {
    const id = encodeGlobalId('Person', row.id);
    return Object.assign(new Person(), row, { id, accountId: row.id, author: CommentAuthor.ofAccount(row) });
  }
}

export const PersonConnection = connectionType(Person, edgeType(Person, 'Person'), 'Person');

/** Numbers of an account's comments. */
@ObjectType({ simpleResolvers: true, description: 'The numbers of an account’s comments by their states.' })
export class PersonCommentCounts {
  @Field(() => Int, { description: 'Public comments.' })
  published!: number;

  @Field(() => Int, { description: 'Comments that wait for a moderator.' })
  pending!: number;

  @Field(() => Int, { description: 'Comments that a moderator has rejected.' })
  rejected!: number;

  @Field(() => Int, { description: 'Comments that were removed, by the author or by a moderator.' })
  removed!: number;

  static from(row: CommentCountsRow): PersonCommentCounts {
    return Object.assign(new PersonCommentCounts(), row);
  }
}

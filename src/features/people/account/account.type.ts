import { Field, ObjectType } from 'type-graphql';
import type { Role, Viewer } from '../../../platform/auth/viewer.ts';
import { graphqlEnum } from '../../../platform/graphql/enum.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { AccountRow } from './account.queries.ts';

export const RoleEnum = graphqlEnum<Role>('Role', 'A role of an account.', {
  READER: 'May read, comment and endorse. Every account has this role.',
  JOURNALIST: 'May publish under a byline of their own.',
  MODERATOR: 'May remove, restore, approve and reject comments.',
  EDITOR: 'May do what moderators may, and edit and publish any article.',
  ADMINISTRATOR: 'May do everything.',
});

/** The signed-in account, as its owner sees it. */
@ObjectType('Viewer', {
  implements: Node,
  description: 'The account that makes this request. Other accounts cannot see this object.',
})
export class ViewerAccount extends Node {
  readonly accountId!: string;
  /**
   * The session or token to which the account is shown. Fields read this one, never the context's: the answer to a sign-in shows the session
   * that has begun, and its request has none, or another one.
   */
  readonly viewer!: Viewer;

  @Field(() => String, { description: 'The name shown beside the viewer’s comments and endorsements.' })
  name!: string;

  @Field(() => String, {
    description: 'The e-mail address to sign in with; of a service account, its `address`.',
  })
  email!: string;

  @Field(() => [RoleEnum], { description: 'The roles of this account.' })
  roles!: readonly Role[];

  @Field(() => Boolean, {
    description:
      'Whether the address is confirmed. Where the service sends mail, an account whose address is not may say nothing in public (EMAIL_UNCONFIRMED): `requestEmailConfirmation` has a link mailed.',
  })
  isEmailConfirmed!: boolean;

  @Field(() => Boolean, {
    description: 'Whether the account is suspended: then it may read, but not write (ACCOUNT_SUSPENDED).',
  })
  isSuspended!: boolean;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time at which the account is erased, as its owner has asked; null: it stays.',
  })
  eraseAt!: Date | null;

  @Field(() => Boolean, {
    description:
      'Whether `CommentAuthor.comments` lists the public comments of this account; `changeCommentList` sets it.',
  })
  listsComments!: boolean;

  @Field(() => Boolean, {
    description:
      'Whether the account has a password. One that was opened by another site’s login has none, until it gets one by `requestPasswordReset`.',
  })
  hasPassword!: boolean;

  readonly pendingEmail!: string | null;
  readonly pendingEmailUntil!: Date | null;
  readonly avatarUrl!: string | null;

  static from(row: AccountRow, viewer: Viewer): ViewerAccount {
    return Object.assign(new ViewerAccount(), {
      id: encodeGlobalId('Viewer', row.id),
      accountId: row.id,
      viewer,
      name: row.name,
      email: row.email,
      roles: row.roles,
      avatarUrl: row.avatarUrl,
      isEmailConfirmed: row.emailVerifiedAt !== null,
      isSuspended: row.suspended,
      eraseAt: row.eraseAt,
      listsComments: row.listsComments,
      pendingEmail: row.pendingEmail,
      pendingEmailUntil: row.pendingEmailUntil,
      hasPassword: row.hasPassword,
    });
  }
}

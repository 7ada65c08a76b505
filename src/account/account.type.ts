import { Field, ObjectType } from 'type-graphql';
import type { Role } from '../auth/viewer.ts';
import { graphqlEnum } from '../graphql/enum.ts';
import { encodeGlobalId } from '../graphql/global-id.ts';
import { Node } from '../graphql/node.ts';
import type { AccountRow } from './account.queries.ts';

const RoleEnum = graphqlEnum<Role>('Role', 'What an account may do.', {
  READER: 'Reads, comments and endorses. Every account has it.',
  JOURNALIST: 'Publishes under a byline of their own.',
  MODERATOR: 'Removes, restores, approves and rejects comments.',
  EDITOR: 'Does what moderators do, and edits and publishes any article.',
  ADMINISTRATOR: 'Does everything.',
});

/** The signed-in account, as its owner sees it. */
@ObjectType('Viewer', {
  implements: Node,
  description: 'The account that makes this request; nobody else can see it.',
})
export class ViewerAccount extends Node {
  readonly accountId!: string;

  @Field(() => String, { description: 'The name beside one’s comments and endorsements.' })
  name!: string;

  @Field(() => String, { description: 'The address to sign in with.' })
  email!: string;

  @Field(() => [RoleEnum], { description: 'What this account may do.' })
  roles!: readonly Role[];

  readonly avatarUrl!: string | null;

  static from(row: AccountRow): ViewerAccount {
    return Object.assign(new ViewerAccount(), {
      id: encodeGlobalId('Viewer', row.id),
      accountId: row.id,
      name: row.name,
      email: row.email,
      roles: row.roles,
      avatarUrl: row.avatarUrl,
    });
  }
}

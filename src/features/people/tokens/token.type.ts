import { Field, ObjectType } from 'type-graphql';
import { maxNameLength } from '../account/account.rules.ts';
import { RoleEnum } from '../account/account.type.ts';
import type { Scope } from '../../../platform/auth/scopes.ts';
import type { Role } from '../../../platform/auth/viewer.ts';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { NeedsScope, NeverByToken } from '../../../platform/graphql/needs-scope.ts';
import { Node } from '../../../platform/graphql/node.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import { TokenScopeEnum } from '../../../platform/graphql/scope-descriptions.ts';
import type { WrittenText } from '../../../platform/text/written-text.ts';
import { maxTokenDocuments } from './token.policy.ts';
import type { ServiceAccountRow, TokenRow } from './token.queries.ts';

/** By which its maker knows a token. */
export const tokenName: WrittenText = { form: 'LINE', max: maxNameLength, screening: 'NONE' };

@NeverByToken()
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'A machine token: a credential of an account for a program. Visible to its account, and to administrators if it belongs to a service account; never to programs that use a token themselves.',
})
export class Token extends Node {
  readonly tokenId!: string;

  @Field(() => String, { description: 'The name that its maker gave it.' })
  name!: string;

  @Field(() => [TokenScopeEnum.type], {
    description: 'What the token permits; empty for a token that is bound to documents.',
  })
  scopes!: readonly Scope[];

  @Bounded(maxTokenDocuments)
  @Field(() => [String], {
    nullable: true,
    description:
      'The SHA-256, in hexadecimal digits, of the only documents that the token runs; null for a token with scopes.',
  })
  documents!: readonly string[] | null;

  @Field(() => DateTimeScalar, { description: 'The time at which the token was made.' })
  createdAt!: Date;

  @Field(() => DateTimeScalar, { description: 'The time from which on the token is refused.' })
  expiresAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description:
      'The minute in which the token authenticated a request or a connection last, known a few seconds later; null if it was never used.',
  })
  lastUsedAt!: Date | null;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time at which the token was revoked; null if it was not.',
  })
  revokedAt!: Date | null;

  static from(row: TokenRow): Token {
    return Object.assign(new Token(), {
      id: encodeGlobalId('Token', row.id),
      tokenId: row.id,
      name: row.name,
      scopes: row.scopes,
      documents: row.documents,
      createdAt: row.createdAt,
      expiresAt: row.expiresAt,
      lastUsedAt: row.lastUsedAt,
      revokedAt: row.revokedAt,
    });
  }
}

@NeedsScope('ADMINISTER')
@ObjectType({
  simpleResolvers: true,
  implements: Node,
  description:
    'An account that no person signs in to, for programs: it acts by its tokens. Visible to administrators.',
})
export class ServiceAccount extends Node {
  readonly accountId!: string;

  @Field(() => String, { description: 'The name shown beside its comments and endorsements.' })
  name!: string;

  @Field(() => String, {
    description: 'The name by which operators’ commands find the account: `service:reply-bot`.',
  })
  address!: string;

  @Field(() => [RoleEnum], { description: 'The roles of the account.' })
  roles!: readonly Role[];

  @Field(() => Boolean, { description: 'Whether the account is suspended: then it may read and not write.' })
  suspended!: boolean;

  @Field(() => DateTimeScalar, { description: 'The time at which the account was made.' })
  createdAt!: Date;

  static from(row: ServiceAccountRow): ServiceAccount {
    return Object.assign(new ServiceAccount(), {
      id: encodeGlobalId('ServiceAccount', row.id),
      accountId: row.id,
      name: row.name,
      address: row.address,
      roles: row.roles,
      suspended: row.suspended,
      createdAt: row.createdAt,
    });
  }
}

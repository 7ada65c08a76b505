import { Field, ID, ObjectType } from 'type-graphql';
import { encodeGlobalId } from '../../../platform/graphql/global-id.ts';
import { DateTimeScalar } from '../../../platform/graphql/scalars.ts';
import type { WebhookTokenRow } from './webhook-token.queries.ts';

@ObjectType({
  simpleResolvers: true,
  description: 'The machine token that has made an endpoint, as administrators see it.',
})
export class WebhookToken {
  @Field(() => ID, { description: 'The id of the token, by which its owner finds it.' })
  tokenId!: string;

  @Field(() => String, { description: 'The name that its maker gave it.' })
  name!: string;

  @Field(() => String, { description: 'The name of the account that the token belongs to.' })
  accountName!: string;

  @Field(() => DateTimeScalar, { description: 'The time from which on the token is refused.' })
  expiresAt!: Date;

  @Field(() => DateTimeScalar, {
    nullable: true,
    description: 'The time at which the token was revoked; null if it was not.',
  })
  revokedAt!: Date | null;

  static from({ id, name, accountName, expiresAt, revokedAt }: WebhookTokenRow): WebhookToken {
    const tokenId = encodeGlobalId('Token', id);
    return Object.assign(new WebhookToken(), { tokenId, name, accountName, expiresAt, revokedAt });
  }
}

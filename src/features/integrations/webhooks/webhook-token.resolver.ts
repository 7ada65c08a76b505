import { Ctx, FieldResolver, Resolver, Root } from 'type-graphql';
import type { Context } from '../../../platform/graphql/context.ts';
import { Bounded } from '../../../platform/graphql/price.ts';
import { Token } from '../../people/tokens/token.type.ts';
import { maxWebhooks } from './webhook.policy.ts';
import { Webhook } from './webhook.type.ts';
import { webhookNamesByTokenId, webhookTokenById } from './webhook.loader.ts';
import { WebhookToken } from './webhook-token.type.ts';

/** The token that an endpoint ends with. */
@Resolver(() => Webhook)
export class WebhookTokenResolver {
  @FieldResolver(() => WebhookToken, {
    nullable: true,
    description:
      'The machine token that has made the endpoint. The endpoint ends when the token is revoked or expires, and when its account is suspended, erased, or no administrator any more; null: a person has made it, or keeps it (`keepWebhook`).',
  })
  async madeByToken(@Root() { tokenId }: Webhook, @Ctx() { loaders }: Context): Promise<WebhookToken | null> {
    const row = tokenId === null ? undefined : await loaders.get(webhookTokenById).load(tokenId);
    return row ? WebhookToken.from(row) : null;
  }
}

/** What ends with a token. */
@Resolver(() => Token)
export class TokenWebhooksResolver {
  @Bounded(maxWebhooks)
  @FieldResolver(() => [String], {
    description:
      'The names of the endpoints that the token has made and nobody keeps: they end when it does (`Webhook.madeByToken`).',
  })
  webhookNames(@Root() { tokenId }: Token, @Ctx() { loaders }: Context): Promise<readonly string[]> {
    return loaders.get(webhookNamesByTokenId).load(tokenId);
  }
}

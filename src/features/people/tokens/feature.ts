import { mayBeGone } from '../../../platform/idempotency/idempotency.queries.ts';
import { accountName } from '../account/account.rules.ts';
import { proofsOf } from '../credentials/account-services.ts';
import { defineFeature, resolver } from '../../../platform/feature/feature.ts';
import { holding } from '../../../platform/text/written-text.ts';
import { ServiceAccountService } from './service-account.service.ts';
import { deleteServiceAccount, deleteTokens, pruneEndedTokens, tokenData } from './token-data.queries.ts';
import { ServiceAccountEntity, TokenEntity } from './token.entity.ts';
import {
  findServiceAccountNode,
  findTokenNode,
  ServiceAccountResolver,
  TokenResolver,
  ViewerTokensResolver,
} from './token.resolver.ts';
import { tokenName } from './token.type.ts';
import { TokenService } from './token.service.ts';

declare module '../../../platform/auth/scopes.ts' {
  interface Scopes {
    readonly ADMINISTER: true;
  }
}

/** Machine tokens, and the service accounts that act by them. */
export const tokensFeature = defineFeature({
  name: 'tokens',
  migrations: [],
  tables: [TokenEntity, ServiceAccountEntity],
  resolvers: [
    resolver(TokenResolver, (parts) => [
      new TokenService(parts.db, parts.clock, proofsOf(parts), parts.scopes),
    ]),
    resolver(ViewerTokensResolver),
    resolver(ServiceAccountResolver, (parts) => [new ServiceAccountService(parts.db, proofsOf(parts))]),
  ],
  types: [],
  nodes: { Token: findTokenNode, ServiceAccount: findServiceAccountNode },
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  idempotency: {
    token_id_seq: mayBeGone('token_id_seq'),
    account_id_seq: {
      isOwned: 'i.article_id = i.result_id AND EXISTS (SELECT FROM account a WHERE a.id = i.result_id)',
    },
  },
  errorCodes: {},
  scopes: { ADMINISTER: { place: 7 } },
  texts: {
    ...holding(accountName, 'ServiceAccount.name', 'CreateServiceAccountInput.name'),
    ...holding(tokenName, 'Token.name', 'CreateTokenInput.name'),
    ...holding(
      'NO_TEXT',
      'ServiceAccount.address',
      'Token.documents',
      'CreateTokenInput.documents',
      'CreateTokenPayload.secret',
    ),
  },
  invariants: {},
  pruning: () => [{ name: 'ended tokens', step: pruneEndedTokens }],
  // Uses of tokens are written by the composition, which authenticates by them.
  jobs: () => [],
  routes: () => [],
  served: { pages: {}, parts: {}, texts: {} },
  erasure: () => ({ close: deleteTokens, finish: deleteServiceAccount }),
  personalData: [tokenData],
});

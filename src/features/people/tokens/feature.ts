import { proofsOf } from '../credentials/account-services.ts';
import { defineFeature, resolver } from '../../../platform/feature/feature.ts';
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
import { TokenService } from './token.service.ts';

/** Machine tokens, and the service accounts that act by them. */
export const tokensFeature = defineFeature({
  name: 'tokens',
  tables: [TokenEntity, ServiceAccountEntity],
  resolvers: [
    resolver(TokenResolver, (parts) => [new TokenService(parts.db, parts.clock, proofsOf(parts))]),
    resolver(ViewerTokensResolver),
    resolver(ServiceAccountResolver, (parts) => [new ServiceAccountService(parts.db, proofsOf(parts))]),
  ],
  types: [],
  nodes: { Token: findTokenNode, ServiceAccount: findServiceAccountNode },
  logs: [],
  events: {},
  counters: {},
  notifications: {},
  pruning: () => [{ name: 'ended tokens', step: pruneEndedTokens }],
  // Uses of tokens are written by the composition, which authenticates by them.
  jobs: () => [],
  routes: () => [],
  erasure: () => ({ close: deleteTokens, finish: deleteServiceAccount }),
  personalData: [tokenData],
});

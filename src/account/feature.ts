import { nothingToErase } from '../feature/erasure.ts';
import { defineFeature, resolver } from '../feature/feature.ts';
import { accountData, sessionData } from './account-data.queries.ts';
import { AccountEntity } from './account.entity.ts';
import { AccountResolver, findViewerNode } from './account.resolver.ts';
import { pruneEndedSessions, pruneExpiredFamilies, pruneExpiredTokens } from './session-prune.queries.ts';
import { RefreshTokenEntity, SessionEntity, TokenFamilyEntity } from './session.entity.ts';
import { SessionService } from './session.service.ts';

/** Accounts and their sessions. */
export const accountFeature = defineFeature({
  name: 'account',
  tables: [AccountEntity, SessionEntity, RefreshTokenEntity, TokenFamilyEntity],
  resolvers: [
    resolver(AccountResolver, (parts) => [
      new SessionService({
        ...parts,
        limits: {
          refreshTtlSeconds: parts.config.refreshTokenTtlSeconds,
          maxSessionSeconds: parts.config.maxSessionSeconds,
          maxSessionsPerAccount: parts.config.maxSessionsPerAccount,
        },
      }),
    ]),
  ],
  types: [],
  nodes: { Viewer: findViewerNode },
  eventViews: {},
  eventTextLengths: {},
  pruning: () => [
    { name: 'expired token families', step: pruneExpiredFamilies },
    { name: 'expired tokens', step: pruneExpiredTokens },
    { name: 'ended sessions', step: pruneEndedSessions },
  ],
  // The erasure service itself closes the account first and deletes it last.
  background: () => [],
  erasure: () => nothingToErase,
  personalData: [accountData, sessionData],
});

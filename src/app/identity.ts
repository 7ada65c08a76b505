import { viewerLookup } from '../features/people/account/viewer.loader.ts';
import { TokenUses } from '../features/people/tokens/token-uses.ts';
import { findChangedViewers, tokenLookup } from '../features/people/tokens/token-viewer.loader.ts';
import { AccessTokens } from '../platform/auth/access-token.ts';
import { Authenticator } from '../platform/auth/authenticate.ts';
import { Challenges } from '../platform/auth/challenges.ts';
import { ClientContexts } from '../platform/http/client-contexts.ts';
import { RightsWatch } from '../platform/live/rights-watch.ts';
import type { Ground } from './ground.ts';

/** How the service knows who asks. */
export type Identity = ReturnType<typeof identify>;

export function identify(ground: Ground) {
  const { config, clock, db, rights, warn, options } = ground;
  const { sessionSecret } = options;
  const { sessionSecretsAccepted: acceptedSecrets, accessTokenTtlSeconds: ttlSeconds } = config;
  const tokens = new AccessTokens({ secret: sessionSecret, acceptedSecrets, ttlSeconds, clock });
  const tokenUses = new TokenUses({
    db: db.forNode('token uses'),
    clock,
    onError: (error) => warn(error, 'uses of tokens could not be written'),
  });
  const viewers = db.forNode('viewers');
  const authenticator = new Authenticator({
    tokens,
    findViewer: viewerLookup(viewers, rights),
    findTokenViewer: tokenLookup({ db: viewers, rules: rights, clock, onUse: tokenUses.note }),
  });
  return {
    secrets: [sessionSecret, ...acceptedSecrets] as [string, ...string[]],
    tokens,
    tokenUses,
    authenticator,
    challenges: new Challenges({ secret: sessionSecret, acceptedSecrets, clock }),
    requests: new ClientContexts({ ...ground, authenticator }),
    rightsWatch: new RightsWatch({
      intervalMs: config.headPollMs,
      clock,
      findChanges: (known) => findChangedViewers(db.forNode('rights'), known, rights),
      onError: (error) => warn(error, 'rights could not be read'),
    }),
  };
}

import type { Config } from '../../../platform/config/config.ts';
import type { Links } from '../../../platform/http/links.ts';
import type { RelyingParty } from './webauthn.ts';

const loopback = new Set(['127.0.0.1', '[::1]', 'localhost']);

/**
 * Where passkeys are used: on the pages of the service's own address, and on those of PASSKEY_ORIGINS. Browsers keep none for
 * an IP address, so a service that listens on one of this machine has them on localhost.
 */
export function relyingPartyOf(
  { passkeyDomain, passkeyOrigins }: Pick<Config, 'passkeyDomain' | 'passkeyOrigins'>,
  links: Links,
): RelyingParty {
  const site = new URL(links.site());
  if (loopback.has(site.hostname)) site.hostname = 'localhost';
  return { id: passkeyDomain ?? site.hostname, origins: [site.origin, ...passkeyOrigins] };
}

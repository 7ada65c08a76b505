import { createSecretKey } from 'node:crypto';
import { decodeJwt, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';
import type { HostIssuer } from '../../../platform/config/login-issuers.ts';
import { Refusal, RequestError } from '../../../platform/errors/errors.ts';
import type { Clock } from '../../../platform/time/clock.ts';
import { requireForOne, requireOfNow, WrongToken } from './issuer-token.ts';
import { type Identity, identityOf, isSubject } from './identity.ts';
import { KeySet, KeysUnavailable } from './key-set.ts';

/** Longest token, in characters. */
export const maxHostTokenLength = 8192;

/** Longest id of a token, in characters. */
const maxIdLength = 255;

/** Seconds by which the clocks of the two sites may differ. */
const toleranceSeconds = 30;

/** A token that was checked, before it is known whether it was used. */
export interface VerifiedHostToken {
  readonly identity: Identity;
  /** The token's id (`jti`), unique for its issuer. */
  readonly id: string;
  /** From then on the token is refused for its age. */
  readonly forgetAt: Date;
}

interface Site {
  readonly settings: HostIssuer;
  readonly algorithms: string[];
  readonly findKey: JWTVerifyGetKey;
}

const algorithmsOf = ({ algorithm }: HostIssuer): string[] =>
  algorithm === 'EdDSA' ? ['EdDSA', 'Ed25519'] : [algorithm];

/** The settings have either a secret or the address of keys. */
function keyFinder({ secret, jwksUrl }: HostIssuer, clock: Clock): JWTVerifyGetKey {
  if (secret === undefined) return new KeySet(jwksUrl ?? '', clock).find;
  const key = createSecretKey(Buffer.from(secret));
  return () => Promise.resolve(key);
}

/**
 * Checks the tokens by which a site signs its own users in: JWT, signed with the one algorithm of the settings, for this
 * audience, and valid for minutes.
 */
export class HostTokens {
  readonly #sites: ReadonlyMap<string, Site>;
  readonly #clock: Clock;

  constructor(issuers: readonly HostIssuer[], clock: Clock) {
    this.#clock = clock;
    this.#sites = new Map(
      issuers.map((settings) => [
        settings.issuer,
        { settings, algorithms: algorithmsOf(settings), findKey: keyFinder(settings, clock) },
      ]),
    );
  }

  /** @throws Refusal TOKEN_INVALID; RequestError UNAVAILABLE while the site's keys cannot be read */
  async verify(token: string): Promise<VerifiedHostToken> {
    if (token.length > maxHostTokenLength)
      throw refused(`A token has at most ${maxHostTokenLength} characters.`);
    const { settings, algorithms, findKey } = this.#siteOf(token);
    try {
      const { payload } = await jwtVerify(token, findKey, {
        algorithms,
        issuer: settings.issuer,
        audience: settings.audience,
        requiredClaims: ['sub', 'exp', 'iat', 'jti'],
        maxTokenAge: settings.maxSeconds,
        clockTolerance: toleranceSeconds,
        currentDate: this.#clock.now(),
      });
      requireForOne(payload, settings.audience);
      requireOfNow(payload, this.#clock.now());
      return readClaims(settings, payload);
    } catch (error) {
      if (error instanceof WrongToken) throw refused(`${error.message}.`);
      if (error instanceof KeysUnavailable)
        throw new RequestError('UNAVAILABLE', error.message, { retryAfterSeconds: 30 });
      if (error instanceof errors.JOSEError) throw refused(reasonOf(error));
      throw error;
    }
  }

  /** The site that a token says it is of: nothing of it is believed before its signature. */
  #siteOf(token: string): Site {
    let issuer: string | undefined;
    try {
      issuer = decodeJwt(token).iss;
    } catch {
      throw refused('This is no signed token.');
    }
    const site = issuer === undefined ? undefined : this.#sites.get(issuer);
    if (!site) throw refused('No site with the token’s `iss` signs tokens for this service.');
    return site;
  }
}

function readClaims(settings: HostIssuer, payload: JWTPayload): VerifiedHostToken {
  const { sub, exp = 0, iat = 0, jti } = payload;
  if (!isSubject(sub)) throw refused('`sub` is a text of 1 to 255 characters.');
  if (typeof jti !== 'string' || jti.length < 1 || jti.length > maxIdLength)
    throw refused(`\`jti\` is a text of 1 to ${maxIdLength} characters.`);
  if (exp - iat > settings.maxSeconds)
    throw refused(`A token is valid for at most ${settings.maxSeconds} s from its \`iat\`.`);
  return {
    identity: identityOf(settings, { ...payload, sub }),
    id: jti,
    forgetAt: new Date((exp + 2 * toleranceSeconds) * 1000),
  };
}

const refused = (message: string): Refusal => new Refusal('TOKEN_INVALID', ['token'], message);

function reasonOf(error: errors.JOSEError): string {
  if (error instanceof errors.JWTExpired || error instanceof errors.JWTClaimValidationFailed)
    return `The claim \`${error.claim}\` is missing, wrong, or not of now.`;
  if (error instanceof errors.JOSEAlgNotAllowed) return 'The settings name another `alg` for this site.';
  if (error instanceof errors.JWKSNoMatchingKey || error instanceof errors.JWKSMultipleMatchingKeys)
    return 'The site publishes no key, or several keys, for the token’s `kid` and `alg`.';
  if (error instanceof errors.JWSSignatureVerificationFailed) return 'The signature is wrong.';
  return 'This is no signed token.';
}

import { errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from 'jose';

/** Seconds by which the clocks of an issuer and of this node may differ. */
const toleranceSeconds = 60;

/** Signatures that the holder of a public key can check and not make. */
const asymmetric = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
  'Ed25519',
];

/** A signed token of an issuer is not one for this client, or not one of now. */
export class WrongToken extends Error {
  override readonly name = 'WrongToken';
  /** For the log: no value of a claim. */
  readonly code: string;

  constructor(claim: string) {
    super(`The claim \`${claim}\` of a token is missing, wrong, or not of now`);
    this.code = `claim ${claim}`;
  }
}

export interface IssuerTokenRules {
  readonly issuer: string;
  /** This client, which the token has to be for, and for nobody else. */
  readonly clientId: string;
  readonly findKey: JWTVerifyGetKey;
  readonly now: Date;
  /** Most seconds since the token was issued; undefined: any. */
  readonly maxAgeSeconds?: number;
}

/**
 * Checks a token that an issuer has signed: OpenID Connect Core, section 3.1.3.7, and stricter in that it is for this client alone.
 * A token for several audiences, or with an `azp` of another client, was made for somebody else, who could use it here.
 * @throws WrongToken; KeysUnavailable; errors of `jose`
 */
export async function verifyIssuerToken(
  token: string,
  { issuer, clientId, findKey, now, maxAgeSeconds }: IssuerTokenRules,
): Promise<JWTPayload> {
  const { payload } = await jwtVerify(token, findKey, {
    algorithms: asymmetric,
    issuer,
    audience: clientId,
    requiredClaims: ['exp', 'iat'],
    clockTolerance: toleranceSeconds,
    currentDate: now,
    ...(maxAgeSeconds === undefined ? {} : { maxTokenAge: maxAgeSeconds }),
  }).catch((error: unknown) => {
    if (error instanceof errors.JWTClaimValidationFailed || error instanceof errors.JWTExpired)
      throw new WrongToken(error.claim);
    throw error;
  });
  requireForOne(payload, clientId);
  requireOfNow(payload, now);
  return payload;
}

/** @throws WrongToken */
export function requireForOne({ aud, azp }: JWTPayload, audience: string): void {
  if (Array.isArray(aud) && aud.length !== 1) throw new WrongToken('aud');
  if (azp !== undefined && azp !== audience) throw new WrongToken('azp');
}

/** Times that `jose` lets through: issued far ahead, expired before it was issued, and never. @throws WrongToken */
export function requireOfNow({ iat = NaN, exp = NaN }: JWTPayload, now: Date): void {
  const seconds = now.getTime() / 1000;
  if (!Number.isFinite(iat) || iat > seconds + toleranceSeconds) throw new WrongToken('iat');
  if (!Number.isFinite(exp) || exp <= iat) throw new WrongToken('exp');
}

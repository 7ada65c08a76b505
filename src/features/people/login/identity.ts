import { normaliseEmail } from '../account/account.rules.ts';
import { type Role, roles as allRoles } from '../../../platform/auth/viewer.ts';
import type { IssuerTrust, RoleMapping } from '../../../platform/config/login-issuers.ts';
import { keepText } from '../../../platform/text/rules.ts';
import { normaliseLine } from '../../../platform/text/plain.ts';
import { mayAssert } from './login.policy.ts';

/** Whom an issuer vouches for. */
export interface Identity {
  /** The issuer's own name for itself (`iss`). */
  readonly issuer: string;
  /** The issuer's key of the person, which never names another one. */
  readonly subject: string;
  readonly name: string;
  /** The address that the issuer has confirmed; null: it has told none, has not confirmed it, or may not assert it. */
  readonly email: string | null;
  /** The roles that the settings give for the claims. */
  readonly roles: readonly Role[];
  /** The issuer's own session (`sid`); null: it has named none. */
  readonly session: string | null;
  /** When the person has signed in there (`auth_time`); null: it has not said so. */
  readonly authenticatedAt: Date | null;
  /** When this service has told the issuer to ask the person to sign in anew (`prompt=login`); null: it has not. */
  readonly askedAt: Date | null;
}

/** Claims of a token or of an answer, of which nothing is known but the signature. */
export type Claims = Readonly<Record<string, unknown>>;

/** Longest key of a person (OpenID Connect Core, section 2). */
const maxSubjectLength = 255;

/** Name of an account whose issuer tells none that can be shown. */
const nameless = 'Reader';

/** Most values of a claim that are looked at. */
const maxValues = 1000;

/** Whether a key of a person can be stored as it is. */
export const isSubject = (subject: unknown): subject is string =>
  typeof subject === 'string' &&
  subject.length >= 1 &&
  subject.length <= maxSubjectLength &&
  // Lone surrogates would all be stored as the same character.
  !/[\u0000-\u001f]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/.test(subject);

/**
 * Whom an issuer vouches for; nobody was asked to sign in anew.
 * @param claims a subject that `isSubject`, and what the issuer tells of the person
 */
export function identityOf(trust: IssuerTrust, claims: Claims & { readonly sub: string }): Identity {
  const email = confirmedEmailOf(claims);
  return {
    issuer: trust.issuer,
    subject: claims.sub,
    name: nameOf(claims),
    email: email !== null && mayAssert(trust, email) ? email : null,
    roles: trust.roles ? rolesOf(trust.roles, claims) : [],
    session: isSubject(claims.sid) ? claims.sid : null,
    authenticatedAt: timeOf(claims.auth_time),
    askedAt: null,
  };
}

/** A time in seconds since 1970; null for what is none. */
const timeOf = (claim: unknown): Date | null =>
  typeof claim === 'number' && claim >= 0 && claim < 1e11 ? new Date(claim * 1000) : null;

/** An address counts if the issuer says that it has confirmed it, in so many words. */
function confirmedEmailOf({ email, email_verified: isVerified }: Claims): string | null {
  if (typeof email !== 'string' || isVerified !== true) return null;
  // Small letters of other scripts can be those of another mailbox: that of the Kelvin sign is k.
  return /^[\x20-\x7e]+$/.test(email.trim()) ? (normaliseEmail(email) ?? null) : null;
}

/** The first name that fits; none with an `@`, because some issuers put the address there, and names are public. */
function nameOf(claims: Claims): string {
  const both = [claims.given_name, claims.family_name].filter((part) => typeof part === 'string');
  for (const name of [claims.name, both.join(' '), claims.nickname, claims.preferred_username]) {
    if (typeof name !== 'string' || name.includes('@')) continue;
    const kept = keepText(name, 80, normaliseLine);
    if ('text' in kept) return kept.text;
  }
  return nameless;
}

function rolesOf({ claim, values }: RoleMapping, claims: Claims): Role[] {
  const given = valueOf(claim, claims);
  const list: readonly unknown[] = Array.isArray(given) ? given.slice(0, maxValues) : [given];
  const granted = new Set(
    list.flatMap((value) =>
      typeof value === 'string' && Object.hasOwn(values, value) ? [values[value]] : [],
    ),
  );
  return allRoles.filter((role) => granted.has(role as Exclude<Role, 'READER'>));
}

/** A claim by its name, else by its path: `realm_access.roles`. */
export function valueOf(claim: string, claims: Claims): unknown {
  if (Object.hasOwn(claims, claim)) return claims[claim];
  return claim
    .split('.')
    .reduce<unknown>(
      (found, key) =>
        typeof found === 'object' && found !== null && Object.hasOwn(found, key)
          ? (found as Claims)[key]
          : undefined,
      claims,
    );
}

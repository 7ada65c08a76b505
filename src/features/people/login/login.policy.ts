import { proofMs } from '../mailed-links/proof.policy.ts';
import { hasRole, type Role, roles as allRoles, staffRoles } from '../../../platform/auth/viewer.ts';
import type { IssuerTrust } from '../../../platform/config/login-issuers.ts';

/** Most logins of one account. */
export const maxLogins = 20;

/** Roles of an account, and those of them that it has by one of its logins. */
export interface GivenRoles {
  readonly roles: readonly Role[];
  readonly given: readonly Role[];
}

/**
 * The roles after a sign-in. A login takes only what it has given: a role that an operator has granted stays.
 * @param wanted the roles that the login gives now
 */
export function rolesAfter({ roles, given }: GivenRoles, wanted: readonly Role[]): GivenRoles {
  const own = roles.filter((role) => !given.includes(role));
  return {
    roles: allRoles.filter((role) => own.includes(role) || wanted.includes(role)),
    given: wanted.filter((role) => !own.includes(role)),
  };
}

/** Whether an account keeps a way to sign in without one of its logins. */
export const keepsAccess = (
  logins: readonly { readonly id: string; readonly issuer: string }[],
  without: string,
  account: { readonly hasPassword: boolean; readonly issuers: readonly string[] },
): boolean =>
  account.hasPassword || logins.some(({ id, issuer }) => id !== without && account.issuers.includes(issuer));

const domainOf = (email: string): string => email.slice(email.lastIndexOf('@') + 1);

/** Whether an issuer's word counts about an address that it says it has confirmed. */
export const mayAssert = (
  { mayAssertEmail, domains }: Pick<IssuerTrust, 'mayAssertEmail' | 'domains'>,
  email: string,
): boolean =>
  mayAssertEmail && (domains === undefined || domains.includes('*') || domains.includes(domainOf(email)));

/**
 * Whether an issuer's word about an address links a login to the account that has it. It takes domains in the settings, and for an
 * account of staff `linksStaff` as well: otherwise an issuer would be as powerful as the strongest account of the site.
 */
export const linksByAddress = (
  trust: IssuerTrust,
  email: string,
  account: { readonly roles: readonly Role[] },
): boolean =>
  trust.domains !== undefined &&
  mayAssert(trust, email) &&
  (trust.linksStaff || !hasRole(account, ...staffRoles));

/** By how much the clocks of an issuer and of this service may differ, in milliseconds. */
const skewMs = 60_000;

/**
 * Whether a sign-in at another site is a proof of the person: the issuer says (`auth_time`) that it has asked the person after this
 * service told it to (`prompt=login`), at most `proofMs` ago. Everything else may be a sign-in of which the person knows nothing.
 * @returns when the person was asked; otherwise what is missing, for people
 */
export function proofBySignIn(
  { askedAt, authenticatedAt }: { readonly askedAt: Date | null; readonly authenticatedAt: Date | null },
  now: Date,
): { readonly at: Date } | { readonly missing: string } {
  if (!askedAt) return { missing: 'The other site was not told to ask you to sign in anew: begin again.' };
  if (!authenticatedAt)
    return { missing: 'The other site has not said when it asked you to sign in: prove it in another way.' };
  if (authenticatedAt.getTime() < askedAt.getTime() - skewMs)
    return { missing: 'The other site has not asked you to sign in anew.' };
  const ageMs = now.getTime() - authenticatedAt.getTime();
  if (ageMs < -skewMs) return { missing: 'The clock of the other site is ahead of the clock of this one.' };
  if (ageMs >= proofMs)
    return { missing: 'The other site has asked you to sign in too long ago: begin again.' };
  return { at: ageMs < 0 ? now : authenticatedAt };
}

/** The roles of staff that count in sessions that rest on the word of issuers alone, as `RightsRules.issuerRoles` has them. */
export function issuerRolesOf(issuers: readonly IssuerTrust[]): string[] {
  return issuers.flatMap(({ issuer, linksStaff, roles }) => {
    const given = new Set<Role>(Object.values(roles?.values ?? {}));
    return staffRoles.filter((role) => linksStaff || given.has(role)).map((role) => `${issuer} ${role}`);
  });
}

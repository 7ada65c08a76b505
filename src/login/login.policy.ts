import { type Role, roles as allRoles } from '../auth/viewer.ts';

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

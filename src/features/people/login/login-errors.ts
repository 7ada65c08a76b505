import { defineErrors } from '../../../platform/errors/errors.ts';

declare module '../../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly LOGIN_EXPIRED: true;
    readonly LOGIN_UNVERIFIED: true;
    readonly LOGIN_NOT_LINKED: true;
    readonly LOGIN_TAKEN: true;
    readonly LAST_LOGIN: true;
    readonly TOKEN_INVALID: true;
  }
}

/** Refusals of commands on sign-ins at other sites. */
export const loginErrors = defineErrors({
  LOGIN_EXPIRED: {
    describe: 'The sign-in is unknown, used or expired, or began in another browser: begin again.',
    when: 'The code of a sign-in at another site is unknown, used or older than five minutes, or belongs to another page’s secret.',
    react: 'Begin again.',
  },
  LOGIN_UNVERIFIED: {
    describe: 'The other site has not confirmed an e-mail address of this person, which a new account needs.',
    when: 'The other site has not confirmed the person’s address, or tells none, and the login is new.',
    react: 'Have it confirmed there; or sign in with a password and link the login.',
  },
  LOGIN_NOT_LINKED: {
    describe:
      'An account has this e-mail address, and the other site’s word does not suffice to link it: sign in otherwise, and link the login on the account’s page.',
    when: 'An account has the person’s address, and the other site may not link it by its word: the settings leave out the address’s domain, or the account is one of staff.',
    react: 'Sign in otherwise, and link the login on the account’s page.',
  },
  LOGIN_TAKEN: {
    describe: 'This login belongs to another account.',
    when: 'The login signs in to another account.',
    react: 'Sign in with it, and end it there first.',
  },
  LAST_LOGIN: {
    describe: 'The account has no password and no other login: it would have no way to sign in.',
    when: 'Without this login nothing would sign in to the account.',
    react: 'Get a password by `requestPasswordReset`, or link another login first.',
  },
  TOKEN_INVALID: {
    describe: 'The signed token is refused; `message` says why.',
    when: 'The [signed token](single-sign-on.md#tokens-of-your-own-site) of another site is refused; `message` says why.',
    react: 'Sign another one as the message says.',
  },
});

import { defineErrors } from '../../platform/errors/errors.ts';

declare module '../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly EMAIL_TAKEN: true;
    readonly WRONG_CREDENTIALS: true;
    readonly LINK_INVALID: true;
    readonly SECOND_FACTOR_REQUIRED: true;
    readonly SESSION_ENDED: true;
    readonly LAST_ADMINISTRATOR: true;
  }
}

/** Refusals of commands on accounts, their credentials and sessions. */
export const accountErrors = defineErrors({
  EMAIL_TAKEN: {
    describe: 'An account with this e-mail address exists.',
    when: 'An account with this e-mail address exists. Where the service sends mail, only its owner is told.',
    react: 'Sign in.',
  },
  WRONG_CREDENTIALS: {
    describe: 'The e-mail address or the password is wrong.',
    when: 'The e-mail address or the password is wrong; of `signInWithRecoveryCode`, the code.',
    react: 'Try again.',
  },
  LINK_INVALID: {
    describe: 'The link is unknown, used or expired: ask for another one.',
    when: 'The token of a mailed link is unknown, used or expired, or of another account; or a newer one took its place.',
    react: 'Ask for another link.',
  },
  SECOND_FACTOR_REQUIRED: {
    describe: 'The password alone does not suffice for this account: prove a passkey of it.',
    when: 'The session has proven the password alone, and the service demands a second factor of this account, which has a passkey.',
    react: 'Prove a passkey, by `proveByPasskey`, or sign in with it.',
  },
  SESSION_ENDED: {
    describe: 'The refresh token is unknown, used up or expired, or its session was ended: sign in again.',
    when: 'The refresh token is unknown, expired, or was exchanged more than 30 s ago; or its session was ended, or has lasted `MAX_SESSION_SECONDS`.',
    react: 'Sign in.',
  },
  LAST_ADMINISTRATOR: {
    describe: 'No other administrator would be left who may act.',
    when: 'No other administrator would be left who may act.',
    react: 'Give somebody else the role first.',
  },
});

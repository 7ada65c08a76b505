import { defineErrors } from '../../../platform/errors/errors.ts';

declare module '../../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly CHALLENGE_INVALID: true;
    readonly PASSKEY_COPIED: true;
  }
}

/** Refusals of commands on passkeys. */
export const passkeyErrors = defineErrors({
  CHALLENGE_INVALID: {
    describe:
      'The challenge, or the answer of the passkey to it, is unknown, used, expired or wrong: begin again.',
    when: 'The challenge of a passkey, its answer, or the token of a second step is unknown, used, expired or wrong, or the passkey is not of this account.',
    react: 'Begin again.',
  },
  PASSKEY_COPIED: {
    describe:
      'This passkey has counted backwards, as a copy of it does. It was not accepted: remove it, and add a new one.',
    when: 'The passkey has counted backwards, which a copy of it does, or a device that was restored from an old copy. It was not accepted, and its owner is mailed.',
    react: 'Remove the passkey, and add a new one.',
  },
});

import { defineErrors } from '../../platform/errors/errors.ts';

declare module '../../platform/errors/errors.ts' {
  interface UserErrorCodes {
    readonly ALREADY_ENDORSED: true;
  }
}

/** Refusals of commands on endorsements. */
export const endorsementErrors = defineErrors({
  ALREADY_ENDORSED: {
    describe: 'You have endorsed this article already.',
    when: 'The account, or the address of a mailed link, has endorsed this article already.',
    react: 'Withdraw that endorsement first.',
  },
});

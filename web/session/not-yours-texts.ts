/** Why rights of an account do not count in a session. */
export const notYoursTexts = {
  needsSecondFactor:
    'Here your role takes a second factor, so that a stolen password opens nothing: a passkey. Add one, or sign in with the one that you have; it takes a minute.',
  setUpSecondFactor: 'Set up a passkey',
  mustSignInOtherwise:
    'Some of your rights do not come with the login of another site alone, or with a mailed link. Sign in with a password or a passkey, or at the site that gave you a role: then you have them. A login that shall bring all of them has to be linked again after that.',
  toSecurity: 'Ways to sign in',
};

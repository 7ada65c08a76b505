import { alike, missing, nothingInTheWorld, type Permissions } from '../../permissions/declaration.ts';
import * as is from '../../permissions/rules.ts';

export const makesOwnToken = is.rule(
  'make it for yourself, or for a service account as an administrator',
  () => true,
);
export const ownsToken = is.rule(
  'own the token, or are an administrator who is not suspended, and a service account owns it',
  () => true,
);
export const isOwnAccount = is.rule(
  'are that account',
  (who, thing) => thing?.kind !== 'Viewer' || thing.accountId === who.accountId,
);

export const peoplePermissions = {
  queries: {
    viewer: { gates: [[is.signedIn, 'null']], needs: ['READ'], tried: 'test/permissions/reading.test.ts' },
    signInOptions: { gates: is.everybody, needs: ['READ'], tried: 'test/permissions/reading.test.ts' },
    outgoingMails: { gates: is.activeAdministrators, needs: [], tried: 'test/permissions/reading.test.ts' },
    serviceAccounts: {
      gates: is.activeAdministrators,
      needs: ['ADMINISTER'],
      tried: 'test/features/people/tokens',
    },
  },
  mutations: {
    ...alike(
      { gates: is.everybody, kind: 'SIGN_IN', tried: 'test/features/people' },
      {
        signUp: { input: () => ({ email: 'nobody', password: '', name: '' }) },
        signIn: { input: () => ({ email: 'nobody', password: '' }) },
        refreshSession: { input: () => ({ refreshToken: 'none' }) },
        confirmSignUp: { input: () => ({ token: 'none' }) },
        requestPasswordReset: { input: () => ({ email: 'nobody' }) },
        resetPassword: { input: () => ({ token: 'none', password: '' }) },
        requestSignInLink: { input: () => ({ email: 'nobody' }) },
        signInWithLink: { input: () => ({ token: 'none' }) },
      },
    ),
    ...alike(
      { gates: is.everybody, kind: 'SIGN_IN', tried: 'test/features/people/login' },
      {
        finishSignIn: { input: () => ({ code: 'none', secret: 'none' }) },
        signInWithToken: { input: () => ({ token: 'none' }) },
      },
    ),
    ...alike(
      { gates: is.accounts, kind: 'SIGN_IN', tried: 'test/features/people' },
      {
        signOut: { input: null },
        changePassword: { input: () => ({ newPassword: '' }) },
        changeEmail: { input: () => ({ email: 'nobody' }) },
        requestEmailConfirmation: { input: null },
        confirmEmail: { input: () => ({ token: 'none' }) },
        proveBySignIn: { input: () => ({ code: 'none', secret: 'none' }) },
        endSession: { input: () => ({ sessionId: 'none' }) },
        endOtherSessions: { input: null },
      },
    ),
    ...alike(
      { gates: is.accounts, kind: 'SIGN_IN', tried: 'test/features/people/login' },
      {
        linkLogin: { input: () => ({ code: 'none', secret: 'none' }) },
        unlinkLogin: { input: () => ({ loginId: 'none' }) },
      },
    ),
    changeName: {
      gates: is.activeAccounts,
      kind: 'PERSONAL',
      tried: 'test/features/people',
      input: () => ({ name: '' }),
    },
    changeCommentList: {
      gates: is.accounts,
      kind: 'PERSONAL',
      tried: 'test/features/comments/author-comments.test.ts',
      input: () => ({ listsComments: true }),
    },
    removePicture: { gates: is.accounts, kind: 'PERSONAL', tried: 'test/features/people', input: null },
    ...alike(
      { gates: is.accounts, kind: 'RIGHTS', tried: 'test/features/people' },
      { requestErasure: { input: null }, cancelErasure: { input: null } },
    ),
    ...alike(
      { gates: is.everybody, kind: 'SIGN_IN', tried: 'test/features/people/passkeys' },
      {
        beginPasskeySignIn: { input: null },
        finishPasskeySignIn: { input: () => ({ response: 'none' }) },
        signInWithRecoveryCode: { input: () => ({ token: 'none', recoveryCode: '' }) },
      },
    ),
    ...alike(
      { gates: is.accounts, kind: 'SIGN_IN', tried: 'test/features/people/passkeys' },
      {
        beginPasskeyProof: { input: null },
        proveByPasskey: { input: () => ({ response: 'none' }) },
        proveByPassword: { input: () => ({ password: '' }) },
        beginAddPasskey: { input: null },
        addPasskey: { input: () => ({ response: 'none', name: '' }) },
        renamePasskey: { input: () => ({ passkeyId: 'none', name: '' }) },
        removePasskey: { input: () => ({ passkeyId: 'none' }) },
        createRecoveryCodes: { input: null },
      },
    ),
    createToken: {
      gates: [...is.activeAccounts, [makesOwnToken, 'NOT_FOUND']],
      kind: 'RIGHTS',
      tried: 'test/features/people/tokens',
      input: () => ({ name: 'x', scopes: ['READ'], expiresAt: new Date(Date.now() + 60_000) }),
    },
    revokeToken: {
      gates: [...is.accounts, [ownsToken, 'NOT_FOUND']],
      kind: 'RIGHTS',
      tried: 'test/features/people/tokens',
      input: () => ({ tokenId: missing('Token') }),
    },
    createServiceAccount: {
      gates: is.administrators,
      kind: 'RIGHTS',
      tried: 'test/features/people/tokens',
      input: () => ({ name: '' }),
    },
  },
  subscriptions: {},
  types: {
    Sanction: 'the account that it is about, and moderators who are not suspended',
    Viewer: isOwnAccount,
    Token: 'the account that it belongs to; one of a service account to administrators who are not suspended',
    ServiceAccount: 'administrators who are not suspended',
    OutgoingMail: 'administrators who are not suspended, where mails go to a folder',
    Session: 'whoever has just authenticated as that account',
    PendingEmail: 'the account that asked for the address; never a machine token',
    ViewerSession: 'the account whose session it is',
    LinkedLogin: 'the account whose login it is',
    SignInOptions: 'everybody',
    SignInIssuer: 'everybody',
    SignUpConfirmation: 'whoever has just signed up',
    SecondStep: 'whoever has just proven the password of an account of staff that has a passkey',
    Passkey: 'the account whose passkey it is',
  },
  fields: {},
  privateScopes: {
    Token: [],
    ServiceAccount: ['ADMINISTER'],
    'Viewer.tokens': [],
    'Viewer.sessions': [],
    'Viewer.pendingEmail': [],
    'Viewer.passkeys': [],
    'Viewer.provenUntil': [],
    'Viewer.restsOnAnotherSite': [],
    'Viewer.recoveryCodesLeft': [],
    'Viewer.linkedLogins': [],
    'ServiceAccount.tokens': [],
  },
  predictions: {},
  world: nothingInTheWorld,
} satisfies Permissions;

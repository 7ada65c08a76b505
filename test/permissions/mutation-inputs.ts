import { buildApiSchema } from '../../src/platform/feature/api-schema.ts';
import { features } from '../../src/app/features.ts';
import { globalId } from '../support/article-states.ts';
import { campaignInput } from '../support/funding.ts';

/** The id of an object that does not exist. */
export const missing = (type: string, ...keys: string[]): string =>
  globalId(type, ...(keys.length > 0 ? keys : ['999999']));

const mutations = buildApiSchema(features).getMutationType()?.getFields();

/** A document that runs a mutation, with the variable `input` if it takes one. */
export function documentOf(name: string): string {
  const type = mutations?.[name]?.args[0]?.type;
  return type === undefined
    ? `mutation { ${name} { userErrors { code } } }`
    : `mutation ($input: ${String(type)}) { ${name}(input: $input) { userErrors { code } } }`;
}

/** The objects that mutations are tried on. */
export interface Objects {
  readonly articleId: string;
  readonly commentId: string;
}

/** An input of every mutation: something to do for an administrator, or an object that does not exist. */
export const inputs: Readonly<Record<string, (objects: Objects) => object>> = {
  signUp: () => ({ email: 'nobody', password: '', name: '' }),
  signIn: () => ({ email: 'nobody', password: '' }),
  finishSignIn: () => ({ code: 'none', secret: 'none' }),
  signInWithToken: () => ({ token: 'none' }),
  linkLogin: () => ({ code: 'none', secret: 'none' }),
  unlinkLogin: () => ({ loginId: 'none' }),
  refreshSession: () => ({ refreshToken: 'none' }),
  confirmSignUp: () => ({ token: 'none' }),
  requestPasswordReset: () => ({ email: 'nobody' }),
  resetPassword: () => ({ token: 'none', password: '' }),
  requestSignInLink: () => ({ email: 'nobody' }),
  signInWithLink: () => ({ token: 'none' }),
  changePassword: () => ({ newPassword: '' }),
  changeEmail: () => ({ email: 'nobody' }),
  confirmEmail: () => ({ token: 'none' }),
  changeName: () => ({ name: '' }),
  claimImportedAuthor: () => ({ authorId: missing('CommentAuthor', '0', '1') }),
  changeCommentList: () => ({ listsComments: true }),
  endSession: () => ({ sessionId: 'none' }),
  proveByPassword: () => ({ password: '' }),
  proveByPasskey: () => ({ response: 'none' }),
  proveBySignIn: () => ({ code: 'none', secret: 'none' }),
  finishPasskeySignIn: () => ({ response: 'none' }),
  signInWithRecoveryCode: () => ({ token: 'none', recoveryCode: '' }),
  addPasskey: () => ({ response: 'none', name: '' }),
  renamePasskey: () => ({ passkeyId: 'none', name: '' }),
  removePasskey: () => ({ passkeyId: 'none' }),
  markNotificationsRead: () => ({ upTo: 0 }),
  muteAuthor: () => ({ authorId: missing('CommentAuthor') }),
  unmuteAuthor: () => ({ authorId: missing('CommentAuthor') }),
  muteArticle: () => ({ articleId: missing('Article') }),
  unmuteArticle: () => ({ articleId: missing('Article') }),
  muteThread: ({ commentId }) => ({ commentId }),
  unmuteThread: ({ commentId }) => ({ commentId }),
  setMailPreferences: () => ({ preferences: [] }),
  createToken: () => ({ name: 'x', scopes: ['READ'], expiresAt: new Date(Date.now() + 60_000) }),
  revokeToken: () => ({ tokenId: missing('Token') }),
  createServiceAccount: () => ({ name: '' }),
  createWebhook: () => ({ name: '', url: '', document: '', serviceAccountId: missing('ServiceAccount') }),
  updateWebhook: () => ({ webhookId: missing('Webhook') }),
  rotateWebhookSecret: () => ({ webhookId: missing('Webhook') }),
  keepWebhook: () => ({ webhookId: missing('Webhook') }),
  deleteWebhook: () => ({ webhookId: missing('Webhook') }),
  redeliverWebhook: () => ({ webhookId: missing('Webhook'), after: 'none' }),
  testWebhook: () => ({ webhookId: missing('Webhook') }),
  addComment: ({ articleId }) => ({ articleId, body: 'Yes.' }),
  editComment: ({ commentId }) => ({ commentId, body: 'No.' }),
  removeComment: ({ commentId }) => ({ commentId }),
  react: ({ commentId }) => ({ commentId, kind: 'LIKE' }),
  unreact: ({ commentId }) => ({ commentId, kind: 'LIKE' }),
  reportComment: ({ commentId }) => ({ commentId, reason: 'SPAM' }),
  restoreComment: ({ commentId }) => ({ commentId }),
  approveComment: ({ commentId }) => ({ commentId }),
  rejectComment: ({ commentId }) => ({ commentId }),
  decideComments: ({ commentId }) => ({
    decisions: [{ commentId, expectedRevision: 1, verdict: 'APPROVE' }],
  }),
  claimComments: ({ commentId }) => ({ commentIds: [commentId] }),
  releaseComments: ({ commentId }) => ({ commentIds: [commentId] }),
  appealDecision: () => ({ decisionId: missing('ModerationDecision'), text: 'No.' }),
  answerAppeal: () => ({ appealId: missing('ModerationAppeal'), outcome: 'UPHELD' }),
  undoDecision: () => ({ decisionId: missing('ModerationDecision') }),
  suspendAccount: () => ({ personId: missing('Person'), until: '2020-01-01T00:00:00Z', reason: 'SPAM' }),
  banAccount: () => ({ personId: missing('Person'), reason: 'SPAM' }),
  premoderateAccount: () => ({ personId: missing('Person'), reason: 'SPAM' }),
  liftSanction: () => ({ personId: missing('Person'), kind: 'SUSPENSION' }),
  removeCommentsSince: () => ({ personId: missing('Person'), since: '2020-01-01T00:00:00Z', reason: 'SPAM' }),
  grantRole: () => ({ personId: missing('Person'), role: 'READER' }),
  revokeRole: () => ({ personId: missing('Person'), role: 'READER' }),
  addPersonNote: () => ({ personId: missing('Person'), text: '' }),
  removePersonNote: () => ({ noteId: missing('PersonNote') }),
  setCommentPolicy: ({ articleId }) => ({ articleId, commentPolicy: 'CLOSED' }),
  setArticleModeration: ({ articleId }) => ({ articleId, maxLinks: 3 }),
  setModerationSettings: () => ({ claimSeconds: 1 }),
  addModerationWords: () => ({ words: [{ text: '' }] }),
  removeModerationWords: () => ({ wordIds: [missing('ModerationWord')] }),
  createArticle: () => ({ title: 'A title', body: 'A text.' }),
  updateArticle: ({ articleId }) => ({ articleId, title: 'Another title' }),
  publishArticle: ({ articleId }) => ({ articleId }),
  unpublishArticle: ({ articleId }) => ({ articleId }),
  endorse: ({ articleId }) => ({ articleId }),
  withdrawEndorsement: ({ articleId }) => ({ articleId }),
  requestEndorsement: ({ articleId }) => ({ articleId, displayName: '', email: 'nobody' }),
  confirmEndorsement: () => ({ token: 'none' }),
  withdrawMailedEndorsement: () => ({ token: 'none' }),
  createCampaign: ({ articleId }) => campaignInput(articleId, [{ title: 'A goal', goal: 10_000 }]),
  updateCampaign: () => ({ campaignId: missing('Campaign') }),
  launchCampaign: () => ({ campaignId: missing('Campaign') }),
  cancelCampaign: () => ({ campaignId: missing('Campaign') }),
  suspendCampaign: () => ({ campaignId: missing('Campaign') }),
  pledge: () => ({ campaignId: missing('Campaign'), amount: '500' }),
  changePledge: () => ({ pledgeId: missing('Pledge', '999999', '1'), amount: '500' }),
  withdrawPledge: () => ({ pledgeId: missing('Pledge', '999999', '1') }),
  retryPledge: () => ({ pledgeId: missing('Pledge', '999999', '1') }),
  refundPledge: () => ({ pledgeId: missing('Pledge', '999999', '1') }),
  payOut: () => ({ campaignId: missing('Campaign'), amount: '1', destination: 'acct_example' }),
};

/** Mutations without an input. No token may run any of them. */
export const withoutInput = [
  ...['signOut', 'requestEmailConfirmation', 'endOtherSessions', 'cancelErasure', 'removePicture'],
  ...['beginPasskeySignIn', 'beginPasskeyProof', 'beginAddPasskey', 'createRecoveryCodes', 'requestErasure'],
];

import { isolated } from '../../src/platform/text/direction.ts';
import { formatCount } from '../format.ts';

/** The texts of the account's pages, which are loaded on demand. */
export const accountTexts = {
  // Mails.
  signUpMailed: (email: string) =>
    `We have sent a mail to ${email}. Open the link in it within a day: then your account is open.`,
  signUpMailedHint:
    'If the address has an account already, the mail says so. If no mail arrives, look among the unwanted ones, or correct the address.',
  resetMailed: (email: string) =>
    `We have sent a mail to ${email}. Open the link in it within an hour, and choose a new password.`,
  resetMailedHint:
    'If no account has the address, the mail says so. If no mail arrives, look among the unwanted ones, or correct the address.',
  emailMailed: (email: string) =>
    `We have sent a mail to ${email}. Open the link in it within a day, in a browser in which you are signed in.`,
  emailPending: (email: string) =>
    `You have asked for the address ${email}. Open the link that we mailed there, within a day of asking; until then the address above stays.`,
  otherAddress: 'Correct the address',
  mailOff: 'This site sends no mail. Ask its publisher.',

  // The pages of mailed links.
  noLink: 'This page works only from the link in a mail: open the whole link.',
  confirmSignUpTitle: 'Confirm your sign-up',
  confirmSignUp: 'Confirm and open the account',
  confirming: 'Confirming …',
  confirmSignUpHint: 'With this you confirm that the e-mail address is yours.',
  confirmSignUpPassword:
    'You have not signed up in this browser, so enter the password that you chose when you signed up.',
  signUpPassword: 'Password of the sign-up',
  signUpLinkInvalid:
    'This link has been used, or has expired. If you have confirmed the sign-up already, sign in. Otherwise sign up again.',
  signUpSwitches: (name: string) =>
    `You are signed in as ${isolated(name)}. Confirming signs you in to the new account instead.`,
  welcome: 'Your account is open, and you are signed in.',
  forgotTitle: 'A new password by mail',
  forgotHint: 'We mail you a link with which you choose one, also if your account has none yet.',
  sendLink: 'Mail me a link',
  sendAgain: 'Send the mail again',
  sentAgain:
    'It was sent again. If nothing comes, look among unwanted mails; after several in an hour none is sent for a while.',
  sendLinkAgain: 'Mail me another link',
  sendingLink: 'Sending …',
  resetTitle: 'Choose a new password',
  resetHint:
    'You are signed in here with it. Other sessions, tokens, passkeys and logins of other sites end, but for those that a role needs. If the erasure of your account was asked for, that is taken back.',
  newPassword: 'New password',
  resetPassword: 'Save the new password',
  resetLinkInvalid: 'This link has been used, or has expired. It is valid for an hour.',
  resetAgain: 'Ask for another one',
  signInByMail: 'Sign in by a mailed link',
  signInByMailHint:
    'For accounts without a password. We mail you a link that signs you in; it is valid for a quarter of an hour, and works once.',
  signInMailed: (email: string) =>
    `We have sent a mail to ${email}. Open the link in it within a quarter of an hour.`,
  signInWithLink: 'Sign in',
  signInInstead: 'The link signs you in to the account that it was mailed to, in place of this one.',
  signInLinkInvalid: 'This link has been used, or has expired. It is valid for a quarter of an hour.',
  passwordReset: 'Your password is saved, and you are signed in. All other sessions have ended.',
  confirmEmailTitle: 'Confirm your address',
  confirmEmail: 'Confirm the address',
  confirmEmailFor: (name: string) => `This confirms the address for the account of ${isolated(name)}.`,
  confirmEmailSignIn:
    'Sign in to the account for which the address was entered. This page comes back, and the link is kept.',
  emailLinkInvalid:
    'This link has been used, has expired, or was mailed for another account than the one that is signed in here.',
  emailConfirmed: 'Your e-mail address is confirmed.',
  toAccount: 'To your account',

  // Logins of other sites.
  orOtherSite: 'Or with the login that you have elsewhere:',
  signInWith: (name: string) => `Continue with ${isolated(name)}`,
  cannotLeave: 'This works only in a browser that stores data of this site, over an encrypted connection.',
  otherSiteFailed: 'The other site’s answer was not as it should be. Try again, or sign in with a password.',
  otherSiteFaults: {
    cancelled: 'You have cancelled the sign-in at the other site.',
    expired: 'This sign-in has taken too long, or began in another tab. Try again.',
    unavailable: 'The other site does not answer at the moment. Sign in another way, or try again later.',
    busy: 'There were too many attempts to sign in. Try again in a minute.',
  } as Readonly<Record<string, string>>,

  // Endorsements without an account.
  endorseByMail:
    'Your name and what you write here become public, once you have confirmed them by a link that we mail you. You need no account.',
  endorserName: 'Your name (public)',
  endorserEmailHint:
    'It is shown to nobody. By the mailed link you can withdraw the endorsement at any time.',
  endorsementMailed: (email: string) =>
    `Look at your mail: we have sent a link to ${email}. Open it within two days and confirm. Only then is your endorsement public and counted.`,
  endorsementMailedHint:
    'If no mail arrives, look among the unwanted ones, or correct the address. To one address we send only a few such mails in an hour.',
  close: 'Close',
  mailedEndorsementTitle: 'Your endorsement',
  isPending: (time: string) =>
    `This is not public yet. Confirm it until ${time}: then it is shown under the article, and counted.`,
  isEndorsed: 'This endorsement is public.',
  isWithdrawn: 'This endorsement was withdrawn.',
  endorsedIsGone: 'The article is not public at the moment.',
  confirmEndorsement: 'Confirm and publish',
  declineHint: 'You did not write this, or have thought better of it?',
  declineEndorsement: 'Delete it',
  withdrawHint:
    'You can withdraw it at any time: it disappears from the article at once. Unless an account has this address, what you wrote and the address are erased.',
  withdrawEndorsement: 'Withdraw the endorsement',
  withdrawing: 'Withdrawing …',
  endorsementConfirmed: 'Thank you: your endorsement is public. Keep the mail: its link withdraws it.',
  endorsementWithdrawn: 'It is withdrawn, and shown to nobody.',
  endorsementLinkInvalid:
    'This link has expired, or the endorsement was withdrawn or erased. To endorse the article, fill in its form again.',

  // The account's page.
  title: 'Account',
  profile: 'Profile',
  name: 'Name',
  nameHint: 'Shown with your comments, old ones too, and with what you endorse from now on.',
  saveName: 'Save the name',
  nameSaved: 'The name is saved.',
  nameIsJournalists:
    'A journalist of this site has this name, or one that looks the same. Beside your name stands: not the journalist of this name.',
  picture: 'Picture',
  choosePicture: 'Choose a picture',
  pictureHint:
    'JPEG, PNG or WebP, 5 MB at most. It is cut to a square, and shown beside your comments. What the file says beside the picture, such as a place, is not kept.',
  removePicture: 'Remove the picture',
  pictureStates: {
    idle: '',
    sending: 'Saving …',
    saved: 'The picture is saved.',
    removed: 'The picture is removed.',
    refused: 'This is not a JPEG, PNG or WebP picture of at most 5 MB and 40 million pixels.',
    often: 'You have sent many pictures. Try again later.',
    failed: 'The picture was not saved. Try again.',
  },
  commentList: 'Your page',
  listComments: 'List my comments on my page',
  listCommentsHint:
    'Your published comments, newest first, for everybody. Without the list they stay where you wrote them.',
  ownPage: 'Your page, as others see it',
  signUpListsComments:
    'Your published comments are listed on a page under your name. You can turn that off in your account.',
  email: 'E-mail address',
  isConfirmed: 'Confirmed',
  isUnconfirmed: 'Not confirmed',
  changeEmail: 'Change the address',
  newEmail: 'New e-mail address',
  changeEmailOtherwise:
    'You are signed in by another site. Its word alone does not suffice to change the address, because the new one could get a password. Sign in otherwise first: by a passkey, if you have one, or by mail.',
  changeEmailHint:
    'We mail a link to the new address, and a notice to the present one. The account keeps the present address until you open the link.',
  proofTitle: 'Is it you?',
  proofHint: 'Confirm it once: after that nothing asks you for ten minutes.',
  proveByPassword: 'Confirm with the password',
  proveByPasskey: 'Confirm with a passkey',
  proveWith: (name: string) => `Confirm with ${name}`,
  proving: 'Confirming …',
  proofWithoutPassword: 'Your account has no password.',
  proven: 'You have confirmed that it is you. Do now what you were about to do.',
  security: 'Security',
  changePassword: 'Change the password',
  changePasswordHint: 'Your other sessions end.',
  passwordChanged: 'The password is changed. Your other sessions have ended.',
  passkeys: 'Passkeys',
  passkeysHint:
    'With a passkey you sign in by the fingerprint, the face or the PIN of a device, without address and password.',
  passkeySignIn: 'Sign in with a passkey',
  passkeyCopied:
    'This passkey was not accepted: it has counted backwards, as a copy of it does. Sign in another way, remove it in your account, and add a new one.',
  passkeyUnknown: 'This passkey belongs to no account here, or was removed.',
  noPasskey: 'No passkey was used. Try again, or sign in another way.',
  passkeyIsKnown: 'This device has a passkey for your account already.',
  cannotAddPasskeys: 'This browser can not make passkeys for this address.',
  addPasskey: 'Add a passkey',
  addingPasskey: 'Waiting for the passkey …',
  passkeyName: 'Name of the passkey',
  passkeyNameHint: 'By which you know it later, such as that of the device.',
  passkeyAdded: (name: string) => `The passkey is added: ${isolated(name)}`,
  addedOn: 'added on',
  neverUsed: 'never used',
  renamePasskey: 'Rename',
  renamePasskeyOf: (name: string) => `Rename the passkey: ${isolated(name)}`,
  passkeyRenamed: (name: string) => `The passkey is renamed: ${isolated(name)}`,
  removePasskey: 'Remove',
  removePasskeyOf: (name: string) => `Remove the passkey: ${isolated(name)}`,
  removePasskeyHint: 'Your other sessions end. Delete the passkey on its device as well.',
  passkeyRemoved: (name: string) =>
    `The passkey is removed, and your other sessions have ended: ${isolated(name)}`,
  recoveryCodes: 'Recovery codes',
  recoveryCodesHint:
    'Where your account needs a passkey beside the password, a recovery code replaces a lost one. Each serves once.',
  recoveryCodesLeft: (count: number) =>
    count === 0 ? 'You have none.' : `You have ${count} that were not used.`,
  makeRecoveryCodes: 'Make ten new recovery codes',
  makingRecoveryCodes: 'Making …',
  recoveryCodesMade:
    'Print these codes or write them down now: they are not shown again. Those of before are not valid any more.',
  mustAddPasskey:
    'Your rights as moderator, editor or administrator need a second factor. Add a passkey: then you have them.',
  mustUsePasskey:
    'Your rights as moderator, editor or administrator need a second factor. Sign in with your passkey: then you have them.',
  secondStep: 'The password is right. This account needs a passkey as well.',
  secondStepByCode:
    'The password is right. This account needs a passkey or a recovery code as well, and this browser can not use passkeys here.',
  lostPasskey: 'Without your passkey',
  recoveryCode: 'Recovery code',
  recoveryCodeHint: 'Sixteen letters and digits.',
  useRecoveryCode: 'Use the code',
  stepOver: 'It took more than five minutes, or the password was changed: sign in again.',
  noPassword:
    'This account has no password. When you choose one, the logins of other sites that are linked end; you can link them again after that.',
  getPassword: 'Get a password by mail',
  logins: 'Logins of other sites',
  linkedOn: 'linked on',
  loginUnusable: 'Does not sign in any more',
  endLoginOf: (name: string) => `End the login of ${isolated(name)}`,
  loginEnded: (name: string) => `The login of ${isolated(name)} has ended.`,
  linkLogin: (name: string) => `Link the login of ${isolated(name)}`,
  linkAnotherLogin: (name: string) => `Link another login of ${isolated(name)}`,
  linkTitle: 'Link a login',
  linkHint: (name: string) =>
    `From then on you can sign in to your account with your login of ${isolated(name)}.`,
  loginLinked: (name: string) => `The login of ${isolated(name)} is linked to your account.`,
  sessions: 'Sessions',
  sessionsHint: 'Browsers and programs that are signed in to your account.',
  thisSession: 'This session',
  signedIn: 'signed in on',
  lastUsed: 'last used',
  endSession: 'End',
  endSessionOf: (program: string) => `End the session: ${program}`,
  sessionEnded: (program: string) => `The session has ended: ${program}`,
  fromNetwork: (network: string) => `from ${network}`,
  endOthers: 'End all other sessions',
  othersEnded: 'All other sessions have ended.',
  unknownProgram: 'Unknown program',
  programOn: (program: string, system: string) => `${program} on ${system}`,
  data: 'Your data',
  downloadHint: 'All that this site stores about you, as one JSON file.',
  download: 'Download all data',
  downloading: 'Loading …',
  downloaded: 'The file is among your downloads.',
  notDownloaded: 'The file could not be loaded. Try again.',
  erase: 'Erase the account',
  eraseHint:
    'Your address, name and sessions are erased, and your endorsements and reactions. Your comments stay without a name; to have them gone, remove them first. This begins a day from now: until then you can take it back here.',
  eraseAction: 'Erase my account a day from now',
  erasePending: (time: string) =>
    `Your account will be erased on ${time}. Until then it works as before, and you can keep it.`,
  keepAccount: 'Keep the account',
  accountKept: 'Your account stays.',

  // The window in which a page of another site lets its reader sign in.
  embedTitle: 'Comment on another site',
  embedFrame: 'a page that shows a discussion of this site',
  embedAsks: (site: string) => `You want to comment on ${isolated(site)}, with your account of this site:`,
  embedMay: [
    'It sees your name and your picture.',
    'It can write, like and remove comments in your name, for 30 days. You can end this at any time: in your account, under Programs.',
  ],
  embedMayNot:
    'It does not see your e-mail address or anything else that is private, and can change nothing of your account.',
  embedAgree: (name: string) => `Continue as ${isolated(name)}`,
  embedDecline: 'Cancel',
  embedTokenName: (site: string) => `Comments on ${site}`,
  embedDone: 'You are signed in there. You can close this window.',
  embedAgain: (name: string) =>
    `You are signed in as ${isolated(name)}. Close this window, and choose “Sign in” once more in the discussion.`,
  embedInsecure: 'This browser hands over a login only over HTTPS.',

  // Accounts whose address is not confirmed.
  confirmFirst: {
    comment: 'Confirm your e-mail address to comment, reply and react.',
    endorse: 'Confirm your e-mail address to endorse this.',
    pledge: 'Confirm your e-mail address to pledge.',
    seeAddresses: 'Confirm your e-mail address to see the addresses in this text.',
  },

  // Comments from elsewhere.
  imported: 'Comments from elsewhere',
  importedHint: (email: string) =>
    `Comments were brought here from another site. Their authors had your address there, ${email}. Nobody else sees that.`,
  importedComments: (count: number) =>
    count >= 10_000 ? '10,000 comments or more' : formatCount(count, 'comment', 'comments'),
  claim: 'These are mine',
  claimOf: (name: string) => `These are mine: the comments of ${isolated(name)}`,
  claimQuestion: (count: number, name: string, accountName: string) =>
    `${count === 1 ? 'The comment' : 'All comments'} of ${isolated(name)} will bear your name here, ${isolated(accountName)}, for everybody to see, and you can remove them like any of yours. This can’t be undone.`,
  claimKeep: 'Leave them as they are',
  claimed: (name: string) =>
    `The comments of ${isolated(name)} are yours. Within seconds they bear your name, and are among your comments.`,

  // For administrators.
  webhooks: 'Webhooks',
  webhooksHint: 'Services elsewhere that are sent what happens on this site. Only administrators see this.',
  toWebhooks: 'Endpoints of webhooks',
};

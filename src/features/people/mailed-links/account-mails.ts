import type { Tx } from '../../../platform/db/database.ts';
import type { Links } from '../../../platform/http/links.ts';
import { networkOf } from '../../../platform/http/client-address.ts';
import type { MailAsker } from '../../../platform/mail/mail-bounds.ts';
import type { MailAnswer, MailOutbox, NewMail } from '../../../platform/mail/mail-outbox.ts';
import { programOf } from '../../../platform/text/user-agent.ts';
import type { DeviceTraits } from '../account/devices.ts';
import { maxRefusedProofs } from './proof.policy.ts';

/** How long a mailed link is valid, in hours. */
export const linkHours = { SIGN_UP: 24, EMAIL: 24, PASSWORD: 1, SIGN_IN: 0.25 } as const;

type Written = Omit<NewMail, 'recipient' | 'senderId' | 'subject' | 'isSecret'> & {
  readonly isSecret?: boolean;
};

const notYou = 'If this was not you, ignore this mail: nothing has happened.';

/** What the links of mails do that change nothing by being opened: programs that check mails open all of them. */
const opens = {
  confirm: 'The link opens a page with a button; only the button confirms the address.',
  reset: 'The link opens a page on which you choose the new password; nothing changes before you do.',
  forgot:
    'The link opens a page on which you ask for a link to a new password; nothing changes by opening it.',
  signUp: 'The link opens the page on which accounts are made; nothing changes by opening it.',
  signIn: 'The link opens the page on which you sign in; nothing changes by opening it.',
  signInByMail: 'The link opens a page with a button; only the button signs you in.',
  account:
    'The link opens the page of your account, after you have signed in; nothing changes by opening it.',
} as const;

/** What people ask for with addresses that no account has. */
const wantedOfNoAccount = {
  PASSWORD: { kind: 'PASSWORD_RESET_UNKNOWN', wanted: 'a new password for this address' },
  SIGN_IN: { kind: 'SIGN_IN_UNKNOWN', wanted: 'a link to sign in with this address' },
} as const;

/**
 * The mails about accounts. None contains a text that whoever asked for it has chosen, because anybody can have mails sent to
 * any address.
 */
export class AccountMails {
  constructor(
    private readonly outbox: MailOutbox,
    private readonly links: Links,
  ) {}

  /** As `hold` of the outbox. */
  hold(tx: Tx, recipients: readonly string[]): Promise<void> {
    return this.outbox.hold(tx, recipients);
  }

  /** To whoever signs up with an address that no account has proven. */
  confirmSignUp(tx: Tx, recipient: string, token: string, by: MailAsker): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      asked: { purpose: 'SIGN_UP', by },
      kind: 'SIGN_UP',
      isSecret: true,
      content: {
        title: 'Confirm your e-mail address',
        paragraphs: [
          'Somebody has signed up with this address. If it was you, confirm it within a day: then your account is open.',
        ],
        unexpected: notYou,
        button: { text: 'Confirm the address', url: this.links.confirmSignUp(token), effect: opens.confirm },
      },
    });
  }

  /** To the owner of an account with whose address somebody signs up. */
  signUpKnown(tx: Tx, recipient: string, by: MailAsker): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      asked: { purpose: 'SIGN_UP', by },
      kind: 'SIGN_UP_KNOWN',
      content: {
        title: 'You have an account',
        paragraphs: [
          'Somebody has signed up with this address, which has an account already. Sign in to it; if you do not know its password, or it has none, choose a new one.',
        ],
        unexpected: notYou,
        button: { text: 'Choose a new password', url: this.links.forgotPassword(), effect: opens.forgot },
      },
    });
  }

  resetPassword(tx: Tx, recipient: string, token: string, by: MailAsker): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      asked: { purpose: 'PASSWORD', by },
      kind: 'PASSWORD_RESET',
      isSecret: true,
      content: {
        title: 'Choose a new password',
        paragraphs: [
          'Somebody has asked for a new password for your account. If it was you, choose it within an hour. Its sessions, tokens, passkeys and logins of other sites end with it, but for those that a role needs. If its erasure was asked for, that is taken back.',
        ],
        unexpected: 'If this was not you, ignore this mail: your account stays as it is.',
        button: { text: 'Choose a new password', url: this.links.resetPassword(token), effect: opens.reset },
      },
    });
  }

  signInLink(tx: Tx, recipient: string, token: string, by: MailAsker): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      asked: { purpose: 'SIGN_IN', by },
      kind: 'SIGN_IN_LINK',
      isSecret: true,
      content: {
        title: 'Sign in by this mail',
        paragraphs: [
          'Somebody has asked for a link that signs in to your account. If it was you, use it within a quarter of an hour. It works once.',
        ],
        unexpected: 'If this was not you, ignore this mail, and give the link to nobody.',
        button: { text: 'Sign in', url: this.links.signInByMail(token), effect: opens.signInByMail },
      },
    });
  }

  /** To the owner of an account to which no link signs in: one with a password, or with a role beside that of a reader. */
  signInOtherwise(tx: Tx, recipient: string, by: MailAsker): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      asked: { purpose: 'SIGN_IN', by },
      kind: 'SIGN_IN_OTHERWISE',
      content: {
        title: 'Sign in as before',
        paragraphs: [
          'Somebody has asked for a link that signs in to your account. It is signed in to with its password, or by the other site: if you have forgotten the password, or have none, the page has a way to a new one.',
        ],
        unexpected: notYou,
        button: { text: 'Sign in', url: this.links.signIn(), effect: opens.signIn },
      },
    });
  }

  /** To an address that no account has, so that its owner tries another one. */
  noAccount(
    tx: Tx,
    recipient: string,
    purpose: keyof typeof wantedOfNoAccount,
    by: MailAsker,
  ): Promise<MailAnswer> {
    const { kind, wanted } = wantedOfNoAccount[purpose];
    return this.#add(tx, recipient, {
      asked: { purpose, by },
      kind,
      content: {
        title: 'No account has this address',
        paragraphs: [
          `Somebody has asked for ${wanted}, but no account has it. Perhaps you have signed up with another address, or not yet.`,
        ],
        unexpected: notYou,
        button: { text: 'Sign up', url: this.links.signUp(), effect: opens.signUp },
      },
    });
  }

  passwordChanged(tx: Tx, recipient: string, senderId: string): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        kind: 'PASSWORD_CHANGED',
        isNotice: true,
        content: {
          title: 'Your password was changed',
          paragraphs: [
            'The password of your account was changed just now, and its other sessions have ended.',
          ],
          unexpected: 'If this was not you, choose a new password at once.',
          button: { text: 'Choose a new password', url: this.links.forgotPassword(), effect: opens.forgot },
        },
      },
      senderId,
    );
  }

  /** To an address that an account shall have, or has and has not proven yet. */
  confirmEmail(
    tx: Tx,
    recipient: string,
    token: string,
    by: MailAsker,
    senderId: string,
  ): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        asked: { purpose: 'EMAIL', by },
        kind: 'EMAIL_CONFIRM',
        isSecret: true,
        content: {
          title: 'Confirm your e-mail address',
          paragraphs: [
            'Somebody has entered this address for an account. If it was you, confirm it within a day, signed in to that account.',
          ],
          unexpected: notYou,
          button: {
            text: 'Confirm the address',
            url: this.links.confirmEmail(token),
            effect: opens.confirm,
          },
        },
      },
      senderId,
    );
  }

  /** To the owner of an account whose address another account asks for. */
  emailKnown(tx: Tx, recipient: string, by: MailAsker, senderId: string): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        asked: { purpose: 'EMAIL', by },
        kind: 'EMAIL_KNOWN',
        content: {
          title: 'This address has an account',
          paragraphs: [
            'Somebody has entered this address for another account. It stays with the account that has it. To use it for the other one, change the address of this account first, or have it erased.',
          ],
          unexpected: notYou,
          button: { text: 'Sign in', url: this.links.signIn(), effect: opens.signIn },
        },
      },
      senderId,
    );
  }

  /** To the present address, when another one is entered. @param byLinks whether its owner signs in by mailed links */
  emailToChange(tx: Tx, recipient: string, senderId: string, byLinks: boolean): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        kind: 'EMAIL_TO_CHANGE',
        isNotice: true,
        content: {
          title: 'Another address was entered for your account',
          paragraphs: [
            'Another e-mail address was entered for your account. The account keeps the present one until the other one is confirmed.',
          ],
          ...(byLinks
            ? {
                unexpected:
                  'If this was not you, sign in by a new link and end the other sessions: then the change can’t be completed.',
                button: { text: 'Look at my sessions', url: this.links.sessions(), effect: opens.account },
              }
            : {
                unexpected: 'If this was not you, choose a new password: then the change can’t be completed.',
                button: {
                  text: 'Choose a new password',
                  url: this.links.forgotPassword(),
                  effect: opens.forgot,
                },
              }),
        },
      },
      senderId,
    );
  }

  /** To the address that an account had before. */
  emailChanged(tx: Tx, recipient: string, senderId: string): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        kind: 'EMAIL_CHANGED',
        isNotice: true,
        content: {
          title: 'Your account has another address',
          paragraphs: [
            'The e-mail address of your account was changed just now; this address is not its address any more.',
          ],
          unexpected: 'If this was not you, write to the publisher of the site.',
        },
      },
      senderId,
    );
  }

  /** To the owner of an account that was signed in to from a device that it does not know. */
  newDevice(tx: Tx, recipient: string, { address, userAgent }: DeviceTraits): Promise<MailAnswer> {
    const { browser, system, isKnownBrowser } = programOf(userAgent ?? null);
    // The name of another program is a text that the client has chosen.
    const program = isKnownBrowser && browser !== null ? browser : 'a program that is no known browser';
    const place = networkOf(address);
    return this.#add(tx, recipient, {
      kind: 'NEW_DEVICE',
      content: {
        title: 'A sign-in from a new device',
        paragraphs: [
          `Somebody has signed in to your account just now from a device that has not been used for it before: ${program}${system === null ? '' : ` on ${system}`}${place === null ? '' : `, in the network ${place}`}.`,
        ],
        unexpected:
          'If this was you, there is nothing to do. If it was not, open your account and end that session. If the account has a password, choose a new one as well.',
        button: { text: 'Look at my sessions', url: this.links.sessions(), effect: opens.account },
      },
    });
  }

  /** To the owner of an account of which a session has ended because too many proofs were refused in it. */
  proofsRefused(tx: Tx, recipient: string): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      kind: 'PROOFS_REFUSED',
      isNotice: true,
      content: {
        title: 'A session of your account has ended',
        paragraphs: [
          `Somebody who was signed in to your account was asked to prove that it is theirs, and has failed ${maxRefusedProofs} times in a row. That session has ended.`,
        ],
        unexpected:
          'If this was not you, somebody else was signed in to your account: end its other sessions, and choose a new password if it has one.',
        button: { text: 'Look at my sessions', url: this.links.sessions(), effect: opens.account },
      },
    });
  }

  /** To the owner of an account that another site's login signs in to from now on. */
  loginLinked(tx: Tx, recipient: string, senderId?: string): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        kind: 'LOGIN_LINKED',
        isNotice: true,
        content: {
          title: 'Another way to sign in to your account',
          paragraphs: [
            'The login of another site was linked to your account just now: whoever has it can sign in. Your account lists all of its logins.',
          ],
          unexpected:
            'If this was not you, choose a new password: then all logins of other sites, and all sessions, end.',
          button: { text: 'Choose a new password', url: this.links.forgotPassword(), effect: opens.forgot },
        },
      },
      senderId,
    );
  }

  /** @param byLinks as of `emailToChange` */
  erasureRequested(
    tx: Tx,
    recipient: string,
    { at, byLinks }: { readonly at: Date; readonly byLinks: boolean },
    senderId: string,
  ): Promise<MailAnswer> {
    const [day, time] = [at.toISOString().slice(0, 10), at.toISOString().slice(11, 16)];
    return this.#add(
      tx,
      recipient,
      {
        kind: 'ERASURE_REQUESTED',
        isNotice: true,
        content: {
          title: 'Your account will be erased',
          paragraphs: [
            `You have asked for the erasure of your account. It will begin on ${day} at ${time} UTC.`,
            "Until then you can take it back: sign in, and open your account. After that it can't be undone.",
          ],
          unexpected: `If this was not you, take it back there and ${byLinks ? 'end the other sessions' : 'choose a new password'}.`,
          button: { text: 'Open my account', url: this.links.account(), effect: opens.account },
        },
      },
      senderId,
    );
  }

  #add(
    tx: Tx,
    recipient: string,
    { isSecret = false, ...mail }: Written,
    senderId?: string,
  ): Promise<MailAnswer> {
    return this.outbox.add(tx, { ...mail, recipient, senderId, isSecret, subject: mail.content.title });
  }
}

import type { Tx } from '../db/database.ts';
import type { Links } from '../graphql/links.ts';
import type { MailAnswer, MailOutbox, NewMail } from '../mail/mail-outbox.ts';

/** How long a mailed link is valid, in hours. */
export const linkHours = { SIGN_UP: 24, EMAIL: 24, PASSWORD: 1 } as const;

type Written = Omit<NewMail, 'recipient' | 'senderId' | 'subject' | 'isSecret'> & {
  readonly isSecret?: boolean;
};

const notYou = 'If this was not you, ignore this mail: nothing has happened.';

/**
 * The mails about accounts. None contains a text that whoever asked for it has chosen, because anybody can have mails sent to
 * any address.
 */
export class AccountMails {
  readonly #outbox: MailOutbox;
  readonly #links: Links;

  constructor(outbox: MailOutbox, links: Links) {
    this.#outbox = outbox;
    this.#links = links;
  }

  /** To whoever signs up with an address that no account has proven. */
  confirmSignUp(tx: Tx, recipient: string, token: string): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      kind: 'SIGN_UP',
      isSecret: true,
      content: {
        title: 'Confirm your e-mail address',
        paragraphs: [
          'Somebody has signed up with this address. If it was you, confirm it within a day: then your account is open.',
          notYou,
        ],
        button: { text: 'Confirm the address', url: this.#links.confirmSignUp(token) },
      },
    });
  }

  /** To the owner of an account with whose address somebody signs up. */
  signUpKnown(tx: Tx, recipient: string): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      kind: 'SIGN_UP_KNOWN',
      content: {
        title: 'You have an account',
        paragraphs: [
          'Somebody has signed up with this address, which has an account already. Sign in to it; if you have forgotten the password, choose a new one.',
          notYou,
        ],
        button: { text: 'Choose a new password', url: this.#links.forgotPassword() },
      },
    });
  }

  resetPassword(tx: Tx, recipient: string, token: string): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      kind: 'PASSWORD_RESET',
      isSecret: true,
      content: {
        title: 'Choose a new password',
        paragraphs: [
          'Somebody has asked for a new password for your account. If it was you, choose it within an hour. All sessions of the account end with it.',
          'If this was not you, ignore this mail: your password stays as it is.',
        ],
        button: { text: 'Choose a new password', url: this.#links.resetPassword(token) },
      },
    });
  }

  /** To an address that no account has, so that its owner tries another one. */
  resetUnknown(tx: Tx, recipient: string): Promise<MailAnswer> {
    return this.#add(tx, recipient, {
      kind: 'PASSWORD_RESET_UNKNOWN',
      content: {
        title: 'No account has this address',
        paragraphs: [
          'Somebody has asked for a new password for this address, but no account has it. Perhaps you have signed up with another address, or not yet.',
          notYou,
        ],
        button: { text: 'Sign up', url: this.#links.signUp() },
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
            'If this was not you, choose a new password at once.',
          ],
          button: { text: 'Choose a new password', url: this.#links.forgotPassword() },
        },
      },
      senderId,
    );
  }

  /** To an address that an account shall have, or has and has not proven yet. */
  confirmEmail(tx: Tx, recipient: string, token: string, senderId: string): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        kind: 'EMAIL_CONFIRM',
        isSecret: true,
        content: {
          title: 'Confirm your e-mail address',
          paragraphs: [
            'Somebody has entered this address for an account. If it was you, confirm it within a day, signed in to that account.',
            notYou,
          ],
          button: { text: 'Confirm the address', url: this.#links.confirmEmail(token) },
        },
      },
      senderId,
    );
  }

  /** To the owner of an account whose address another account asks for. */
  emailKnown(tx: Tx, recipient: string, senderId: string): Promise<MailAnswer> {
    return this.#add(
      tx,
      recipient,
      {
        kind: 'EMAIL_KNOWN',
        content: {
          title: 'This address has an account',
          paragraphs: [
            'Somebody has entered this address for another account. It stays with the account that has it. To use it for the other one, change the address of this account first, or have it erased.',
            notYou,
          ],
          button: { text: 'Sign in', url: this.#links.signIn() },
        },
      },
      senderId,
    );
  }

  /** To the present address, when another one is entered. */
  emailToChange(tx: Tx, recipient: string, senderId: string): Promise<MailAnswer> {
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
            'If this was not you, choose a new password: then the change can’t be completed.',
          ],
          button: { text: 'Choose a new password', url: this.#links.forgotPassword() },
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
            'If this was not you, write to the publisher of the site.',
          ],
        },
      },
      senderId,
    );
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
            'If this was not you, choose a new password: then all logins of other sites, and all sessions, end.',
          ],
          button: { text: 'Choose a new password', url: this.#links.forgotPassword() },
        },
      },
      senderId,
    );
  }

  erasureRequested(tx: Tx, recipient: string, at: Date, senderId: string): Promise<MailAnswer> {
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
          button: { text: 'Open my account', url: this.#links.account() },
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
    return this.#outbox.add(tx, { ...mail, recipient, senderId, isSecret, subject: mail.content.title });
  }
}

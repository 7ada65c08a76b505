import { firstDirection, isolated } from '../../src/platform/text/direction.ts';

/**
 * All words of the element. A page replaces any of them by `element.texts = { … }` or by the attribute `texts` as JSON;
 * docs/embed.md lists them. `{name}`, `{time}` and `{note}` stand for a value. A text with forms for numbers is an object of the categories of
 * `Intl.PluralRules` (`one`, `few`, `other`, …).
 */
export const defaultTexts = {
  title: 'Comments',
  count: { one: '{count} comment', other: '{count} comments' } as Forms,
  loading: 'Loading the discussion …',
  empty: 'No comments yet. Be the first to write one.',
  unknown: 'There is no discussion of this page yet.',
  unpublished: 'This discussion is no longer available.',
  unreachable: 'The discussion can’t be reached at the moment. It is tried again by itself.',
  stale: 'New comments can’t be loaded at the moment. It is tried again by itself.',
  retry: 'Try again',
  live: 'Live',
  connecting: 'Connecting …',
  order: 'Order',
  newest: 'Newest first',
  oldest: 'Oldest first',
  top: 'Best first',
  closed: 'This discussion is closed.',
  premoderated: 'New comments appear once a moderator has approved them.',
  signInPrompt: 'Take part in the discussion.',
  signIn: 'Sign in to comment',
  signingIn: 'Continue in the window that has opened.',
  hostSignIn: 'Sign in on this site to take part in the discussion.',
  signInFailed: 'You could not be signed in.',
  popupBlocked: 'You have not been signed in: the window was closed, or the browser has blocked it.',
  outdated: 'This page is older than the service. Reload it, and sign in again.',
  signedInAs: 'Signed in as {name}',
  signOut: 'Sign out',
  suspended: 'Your account is suspended. You can read, but not comment.',
  suspendedUntil: 'Your account is suspended until {time}. You can read, but not comment.',
  reasonSPAM: 'The reason: advertising, or the same text again and again.',
  reasonABUSE: 'The reason: insults or harassment.',
  reasonHATE: 'The reason: attacks on people for what they are.',
  reasonVIOLENCE: 'The reason: threats, or calls for violence.',
  reasonSEXUAL: 'The reason: sexual content.',
  reasonPERSONAL_DATA: 'The reason: private data of somebody.',
  reasonILLEGAL: 'The reason: content that breaks the law.',
  reasonMISLEADING: 'The reason: misleading content.',
  reasonOFF_TOPIC: 'The reason: content that is about something else.',
  reasonOTHER: 'The reason is none of the usual ones.',
  reasonNote: 'A moderator’s note: {note}',
  mustConfirm: 'Confirm your e-mail address before you comment.',
  commentLabel: 'Your comment',
  commentPlaceholder: 'What do you think?',
  replyLabel: 'Your reply to {name}',
  send: 'Comment',
  sendReply: 'Reply',
  sending: 'Sending …',
  cancel: 'Cancel',
  reply: 'Reply',
  like: 'Like',
  likes: { one: '{count} like', other: '{count} likes' } as Forms,
  remove: 'Remove',
  removeSure: 'Remove this comment?',
  removed: 'This comment was removed.',
  pending: 'Waits for a moderator’s approval',
  rejected: 'Rejected by a moderator',
  edited: 'edited',
  inReplyTo: 'in reply to {name}',
  nobody: 'Somebody',
  impostor: 'Not the journalist of this name',
  badgeARTICLE_AUTHOR: 'Author',
  badgeJOURNALIST: 'Journalist',
  badgeMODERATOR: 'Moderator',
  more: 'More comments',
  moreReplies: { one: '{count} more reply', other: '{count} more replies' } as Forms,
  newComments: { one: 'Show {count} new comment', other: 'Show {count} new comments' } as Forms,
  saidNew: 'New comment by {name}',
  saidSent: 'Your comment is published.',
  saidPending: 'Your comment waits for a moderator’s approval.',
  saidRemoved: 'The comment was removed.',
  notSent: 'Your comment was not sent. It is still here: try again.',
  wait: { one: 'Try again in {count} second.', other: 'Try again in {count} seconds.' } as Forms,
  tooSoon: 'You have commented here a moment ago. Send this {time}.',
  poweredBy: 'Discussion by Standfirst',
};

/** A text for each category of numbers; `other` is there for all that are missing. */
export type Forms = { readonly other: string } & Partial<Record<Intl.LDMLPluralRule, string>>;

export type Texts = typeof defaultTexts;

/** Words of the page. `errors` replaces the service's own message for a code of docs/errors.md. */
export type GivenTexts = Partial<Texts> & { readonly errors?: Readonly<Record<string, string>> };

/** Numbers, times and words in one language. */
export class Words {
  readonly #texts: Texts;
  readonly #errors: Readonly<Record<string, string>>;
  readonly #plural: Intl.PluralRules;
  readonly #number: Intl.NumberFormat;
  readonly #relative: Intl.RelativeTimeFormat;
  readonly #day: Intl.DateTimeFormat;
  readonly #exact: Intl.DateTimeFormat;
  readonly #isAbsolute: boolean;

  /** @param lang a language tag; one that the platform refuses becomes English */
  constructor(lang: string, given: GivenTexts, times: string | null) {
    const { errors, ...texts } = given;
    const [locale = 'en'] = canonical(lang);
    this.#texts = { ...defaultTexts, ...usable(texts) };
    this.#errors = errors ?? {};
    this.#plural = new Intl.PluralRules(locale);
    this.#number = new Intl.NumberFormat(locale);
    this.#relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto' });
    this.#day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
    this.#exact = new Intl.DateTimeFormat(locale, { dateStyle: 'long', timeStyle: 'short' });
    this.#isAbsolute = times === 'absolute';
  }

  /** A text with its value. */
  say(
    key: { [Key in keyof Texts]: Texts[Key] extends string ? Key : never }[keyof Texts],
    name = '',
  ): string {
    const text = this.#texts[key];
    const value = firstDirection(text) === 'rtl' ? `\u2068${name}\u2069` : isolated(name);
    return text.replace(/\{(name|time|note)\}/, () => value);
  }

  /** A text for a number of things. */
  count(
    key: { [Key in keyof Texts]: Texts[Key] extends Forms ? Key : never }[keyof Texts],
    count: number,
  ): string {
    const forms = this.#texts[key];
    // A page may give one text for all numbers.
    const text =
      typeof forms === 'string' ? (forms as string) : (forms[this.#plural.select(count)] ?? forms.other);
    return text.replace('{count}', this.#number.format(count));
  }

  /** Why an account is suspended; undefined for a reason of a later version. */
  reason(reason: string): string | undefined {
    return (this.#texts as unknown as Record<string, string>)[`reason${reason}`];
  }

  badge(badge: string): string {
    return (this.#texts as unknown as Record<string, string>)[`badge${badge}`] ?? badge;
  }

  number(value: number): string {
    return this.#number.format(value);
  }

  /** The page's text for an error, else the service's message, else a text of the element. */
  error(code: string, message: string, otherwise: string): string {
    const own: unknown = this.#errors[code];
    return typeof own === 'string' ? own : message === '' ? otherwise : message;
  }

  /** How long it is to a time that comes, no less: “in 20 seconds”. */
  until(at: string): string {
    const seconds = Math.max(1, Math.ceil((Date.parse(at) - Date.now()) / 1000));
    if (seconds < 100) return this.#relative.format(seconds, 'second');
    if (seconds < 100 * 60) return this.#relative.format(Math.ceil(seconds / 60), 'minute');
    return this.#relative.format(Math.ceil(seconds / 3600), 'hour');
  }

  /** A time for readers, and in full. A day, a month or a year is shown as it is known. */
  time(at: string, now: number): { readonly short: string; readonly full: string } {
    if (!at.includes('T')) return { short: at, full: at };
    const date = new Date(at);
    const full = this.#exact.format(date);
    const minutes = Math.round((date.getTime() - now) / 60_000);
    if (this.#isAbsolute) return { short: full, full };
    if (minutes >= 0) return { short: this.#relative.format(0, 'second'), full };
    if (minutes > -60) return { short: this.#relative.format(minutes, 'minute'), full };
    if (minutes > -60 * 24) return { short: this.#relative.format(Math.round(minutes / 60), 'hour'), full };
    if (minutes > -60 * 24 * 7)
      return { short: this.#relative.format(Math.round(minutes / 1440), 'day'), full };
    return { short: this.#day.format(date), full };
  }
}

const isText = (value: unknown): boolean => typeof value === 'string';

/** The texts of a page that can be shown: a mistake in one of them leaves the element's own text there. */
function usable(texts: Readonly<Record<string, unknown>>): Partial<Texts> {
  const isUsable = ([key, value]: [string, unknown]): boolean => {
    if (isText(value) || !Object.hasOwn(defaultTexts, key)) return isText(value);
    const hasForms = typeof defaultTexts[key as keyof Texts] === 'object';
    return (
      hasForms &&
      typeof value === 'object' &&
      value !== null &&
      isText((value as Forms).other) &&
      Object.values(value).every(isText)
    );
  };
  return Object.fromEntries(Object.entries(texts).filter(isUsable));
}

function canonical(lang: string): string[] {
  try {
    return Intl.getCanonicalLocales(lang);
  } catch {
    return [];
  }
}

import type { CommentPolicy } from '../articles/article/article.policy.ts';
import type { UserErrorValue } from '../../platform/errors/errors.ts';
import { linksOf, type TextLink } from './links.ts';
import type { ScreeningSettings } from './screening-settings.ts';
import type { WordFindings } from './word-list.ts';

/** The phases that can hold a text, as they are stored and shown. */
export const holdPhases = [
  'PERSON',
  'WORDS',
  'LINKS',
  'REPEATED_TEXT',
  'FIRST_COMMENTS',
  'POLICY',
  'HOOK',
] as const;
export type HoldPhase = (typeof holdPhases)[number];

/** Why a text waits. */
export interface Hold {
  readonly phase: HoldPhase;
  /** The place that was found, as it stands in the text; null: it is not about a place. */
  readonly match: string | null;
  /** The rule that has found it; null: the phase has but one. */
  readonly rule: string | null;
  /** Seconds in which the hook is to answer, after which a setting decides; absent: only a moderator does. */
  readonly deadlineSeconds?: number;
}

/** What a phase says of a text: it passes, waits for a moderator, or is refused. */
export type Verdict =
  | { readonly kind: 'pass' }
  | ({ readonly kind: 'hold' } & Hold)
  | { readonly kind: 'refuse'; readonly error: UserErrorValue };

/** A text on its way to be public, and what is known of it. Facts that no setting asks for are absent. */
export interface Submission {
  /** The text without markup, and its HTML. */
  readonly text: string;
  readonly html: string;
  /** Whether it replaces a text. */
  readonly isEdit: boolean;
  readonly isPersonPremoderated: boolean;
  /** The settings of the site, with those of the article in their place. */
  readonly settings: ScreeningSettings;
  readonly commentPolicy: CommentPolicy;
  readonly words: Pick<WordFindings, 'held' | 'refused'>;
  /** When the author may comment on this article again; undefined: now. */
  readonly slowUntil: Date | undefined;
  /** Whether the author has sent this text within the last day. */
  readonly isRepeated: boolean;
  /** Number of the author's public comments, counted as far as the setting needs. */
  readonly publicComments: number;
}

/** A phase: a pure function of what is known of a text. */
export interface Phase {
  readonly name: HoldPhase | 'SLOW_MODE';
  readonly screen: (submission: Submission) => Verdict;
}

const pass: Verdict = { kind: 'pass' };
const hold = (phase: HoldPhase, match: string | null = null, rule: string | null = null): Verdict => ({
  kind: 'hold',
  phase,
  match,
  rule,
});
const hookHold = hold('HOOK');

/** Refuses a comment that comes too soon after the author's last one on the article. */
export const slowMode: Phase = {
  name: 'SLOW_MODE',
  screen: ({ slowUntil }) => {
    if (!slowUntil) return pass;
    const message = `This article is in slow mode: you can comment here again at ${slowUntil.toISOString()}.`;
    return { kind: 'refuse', error: { code: 'SLOW_MODE', message, retryAt: slowUntil } };
  },
};

/** Holds everything by an account whose comments a moderator reads first. */
export const person: Phase = {
  name: 'PERSON',
  screen: ({ isPersonPremoderated }) => (isPersonPremoderated ? hold('PERSON') : pass),
};

/** Holds or refuses texts with words of the list. */
export const words: Phase = {
  name: 'WORDS',
  screen: ({ words: { held, refused } }) => {
    if (refused.length > 0) {
      const named = refused.map(({ match }) => `“${shortened(match)}”`).join(', ');
      const message = `These words are not accepted here: ${named}.`;
      return { kind: 'refuse', error: { code: 'TEXT_REFUSED', message, field: ['body'] } };
    }
    return held ? hold('WORDS', shortened(held.match), held.entry.text) : pass;
  },
};

/** Holds texts with links to certain hosts, or with too many links. */
export const links: Phase = {
  name: 'LINKS',
  screen: ({ html, settings: { maxLinks, heldHosts, allowedHosts } }) => {
    if (maxLinks === null && heldHosts.length === 0) return pass;
    const found = linksOf(html);
    const [held, allowed] = [new Set(heldHosts), new Set(allowedHosts)];
    for (const { host } of found) {
      const rule = listedHost(host, held);
      if (rule !== undefined) return hold('LINKS', shortened(host), rule);
    }
    const counted = found.filter(({ host }) => listedHost(host, allowed) === undefined);
    const beyond = maxLinks === null ? undefined : counted[maxLinks];
    return beyond ? hold('LINKS', placeOf(beyond), `maxLinks: ${maxLinks}`) : pass;
  },
};

/** Holds a text that the author has sent within the last day. */
export const repeatedText: Phase = {
  name: 'REPEATED_TEXT',
  screen: ({ isRepeated, settings }) =>
    settings.holdsRepeatedText && isRepeated ? hold('REPEATED_TEXT') : pass,
};

/** Holds the first comments of an account, until so many of them are public. */
export const firstComments: Phase = {
  name: 'FIRST_COMMENTS',
  screen: ({ publicComments, settings }) =>
    publicComments < settings.firstComments
      ? hold('FIRST_COMMENTS', null, `firstComments: ${settings.firstComments}`)
      : pass,
};

/** Holds everything on a site or an article that a moderator reads first; new texts of old comments also where comments are closed. */
export const policy: Phase = {
  name: 'POLICY',
  screen: ({ commentPolicy, isEdit, settings }) => {
    if (commentPolicy === 'PREMODERATED' || (isEdit && commentPolicy === 'CLOSED'))
      return hold('POLICY', null, 'article');
    return settings.isPremoderated ? hold('POLICY', null, 'site') : pass;
  },
};

/** Holds everything that nothing else holds, for a program of the publisher that decides. */
export const hook: Phase = {
  name: 'HOOK',
  screen: ({ settings: { asksHook, hookDeadlineSeconds } }) =>
    asksHook ? { ...hookHold, deadlineSeconds: hookDeadlineSeconds } : pass,
};

/**
 * All phases in their order. The first that holds is the reason that is stored, so the special ones come before those that hold
 * everything: "why is this here" is answered with the word, and not with "everything waits". The hook is the last: what waits for a
 * person is not a program's to decide.
 */
export const phases: readonly Phase[] = [
  slowMode,
  person,
  words,
  links,
  repeatedText,
  firstComments,
  policy,
  hook,
];

/** Runs the phases in order: a refusal of any of them decides, otherwise the first that holds. */
export function runPhases(submission: Submission, all: readonly Phase[] = phases): Verdict {
  let held: Verdict | undefined;
  for (const { screen } of all) {
    const verdict = screen(submission);
    if (verdict.kind === 'refuse') return verdict;
    if (verdict.kind === 'hold') held ??= verdict;
  }
  return held ?? pass;
}

/** Most characters of a place that are stored. */
const maxMatchLength = 200;

const shortened = (text: string): string =>
  text.length <= maxMatchLength ? text : `${[...text].slice(0, maxMatchLength - 1).join('')}…`;

const placeOf = ({ host, url }: TextLink): string => shortened(url === '' ? host : url);

/** The entry of a list of hosts to which a host belongs: itself, or a domain above it. */
function listedHost(host: string, list: ReadonlySet<string>): string | undefined {
  if (list.size === 0) return undefined;
  const labels = host.split('.');
  for (let at = 0; at < labels.length; at += 1) {
    const domain = labels.slice(at).join('.');
    if (list.has(domain)) return domain;
  }
  return undefined;
}

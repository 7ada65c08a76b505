/** What the site asks of comments before they are public. */
export interface ScreeningSettings {
  /** Whether all comments wait for a moderator. */
  readonly isPremoderated: boolean;
  /** The number of an account's first comments that wait; 0: none. */
  readonly firstComments: number;
  /** The most links of a comment that does not wait; null: any number. */
  readonly maxLinks: number | null;
  /** Hosts, and with each its subdomains, whose links wait. */
  readonly heldHosts: readonly string[];
  /** Hosts, and with each its subdomains, whose links are not counted. */
  readonly allowedHosts: readonly string[];
  /** Whether a text waits that its author has sent within the last day. */
  readonly holdsRepeatedText: boolean;
  /** Seconds between two comments of one account on one article; 0: any. */
  readonly slowModeSeconds: number;
  /** Reports that take a comment back; 0: none do. */
  readonly reportsToHold: number;
  /** Seconds for which a moderator's claim lasts. */
  readonly claimSeconds: number;
  /** Whether the hook is asked about every text that nothing else holds. */
  readonly asksHook: boolean;
  /** Seconds in which the hook is to answer. */
  readonly hookDeadlineSeconds: number;
  /** What becomes of a text that the hook has not decided about in time. */
  readonly hookDeadlineAction: HookDeadlineAction;
}

export const hookDeadlineActions = ['PUBLISH', 'HOLD'] as const;
export type HookDeadlineAction = (typeof hookDeadlineActions)[number];

/** The settings of a site that has set nothing. */
export const defaultSettings: ScreeningSettings = {
  isPremoderated: false,
  firstComments: 0,
  maxLinks: null,
  heldHosts: [],
  allowedHosts: [],
  holdsRepeatedText: false,
  slowModeSeconds: 0,
  reportsToHold: 3,
  claimSeconds: 300,
  asksHook: false,
  hookDeadlineSeconds: 300,
  hookDeadlineAction: 'HOLD',
};

/** What an article asks instead of the site; null: what the site does. */
export interface ArticleScreening {
  readonly slowModeSeconds: number | null;
  readonly maxLinks: number | null;
  readonly firstComments: number | null;
}

/** Bounds of the numbers, from the lowest to the highest. */
export const settingBounds = {
  firstComments: [0, 100],
  maxLinks: [0, 100],
  slowModeSeconds: [0, 86_400],
  reportsToHold: [0, 100],
  claimSeconds: [30, 3600],
  hookDeadlineSeconds: [10, 86_400],
} as const satisfies Partial<Record<keyof ScreeningSettings, readonly [number, number]>>;

/** Most hosts in each of the two lists. */
export const maxHosts = 1000;
/** Most entries of the list of words. */
export const maxWords = 20_000;
/** Most entries with `*` and `?` among them. */
export const maxPatterns = 500;
/** Most characters of an entry. */
export const maxWordLength = 100;
/** Most characters of an entry's language tag. */
export const maxLanguageLength = 35;
/** Most entries that one command adds or removes. */
export const maxWordsAtOnce = 500;

/** The settings for comments on one article. */
export const settingsFor = (settings: ScreeningSettings, article: ArticleScreening): ScreeningSettings => ({
  ...settings,
  slowModeSeconds: article.slowModeSeconds ?? settings.slowModeSeconds,
  maxLinks: article.maxLinks ?? settings.maxLinks,
  firstComments: article.firstComments ?? settings.firstComments,
});

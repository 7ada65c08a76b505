import { isolated } from '../../src/platform/text/direction.ts';
import { formatCount } from '../format.ts';
import type { ModerationWordAction, ModerationWordMode } from '../graphql/generated/graphql.ts';

/** The texts of the list of words. */
export const wordTexts = {
  hint: 'Comments with one of these words wait for a moderator, or are refused. A word holds for what is sent from now on.',
  search: 'Find in the list',
  list: 'The list',
  total: (count: number) => formatCount(count, 'word', 'words'),
  found: (count: number) => `${formatCount(count, 'word', 'words')} found`,
  none: 'The list is empty.',
  nothingFound: 'No word of the list has this in it.',
  more: 'More words',
  word: 'Word',
  modes: { EXACT: 'Whole word', PREFIX: 'Beginning of a word', PATTERN: 'Pattern' } satisfies Record<
    ModerationWordMode,
    string
  >,
  actions: { HOLD: 'Waits', REFUSE: 'Refused' } satisfies Record<ModerationWordAction, string>,
  added: 'added',
  select: (word: string) => `Select ${isolated(word)}`,
  remove: (count: number) => `Remove ${formatCount(count, 'word', 'words')}`,
  removeQuestion: 'They are not looked for any more. What waits because of them goes on waiting.',
  keep: 'Keep them',
  removed: (count: number) => `${formatCount(count, 'word is', 'words are')} removed.`,
  clear: 'Select none',

  add: 'Add words',
  words: 'Words',
  wordsHint: 'One in each line, at most 500 at once.',
  mode: 'How it is found',
  modeHints: {
    EXACT: '“idiot” is found in “Idiot!”, not in “idiotic”.',
    PREFIX: '“idiot” is found in “idiotic”.',
    PATTERN: '* is any letters, ? is one: *casino*, v?agra.',
  } satisfies Record<ModerationWordMode, string>,
  action: 'What becomes of a comment',
  outcomes: { HOLD: 'It waits for a moderator', REFUSE: 'It is refused at once' } satisfies Record<
    ModerationWordAction,
    string
  >,
  actionHints: {
    HOLD: 'The author is told that the comment waits, and not for which word.',
    REFUSE: 'The author is told for which word.',
  } satisfies Record<ModerationWordAction, string>,
  language: 'Language',
  languages: { '': 'Any', tr: 'Turkish', az: 'Azerbaijani' } as Readonly<Record<string, string>>,
  languageHint: 'Turkish and Azerbaijani have an i with a dot and one without.',
  adding: 'Adding …',
  wereAdded: (count: number) => `${formatCount(count, 'word is', 'words are')} on the list now.`,
  noWords: 'Write at least one word.',
  atLine: (line: number, word: string, message: string) => `Line ${line}, “${isolated(word)}”: ${message}`,
};

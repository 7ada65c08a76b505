import { requireModerator, type Viewer } from '../../platform/auth/viewer.ts';
import type { Database, Tx } from '../../platform/db/database.ts';
import {
  Refusal,
  refusable,
  maxUserErrors,
  type Result,
  type UserErrorValue,
} from '../../platform/errors/errors.ts';
import { actorOf, type ModerationLog } from '../../platform/screening/moderation-log.ts';
import { foldedString, foldRuleOf, foldText } from '../../platform/text/fold.ts';
import { requireLine } from '../../platform/text/rules.ts';
import {
  maxPatterns,
  maxWordLength,
  maxWords,
  maxWordsAtOnce,
  maxLanguageLength,
} from './screening-settings.ts';
import { lockSettings, raiseSettingsRevision } from './settings-write.queries.ts';
import { compileWord, type WordEntry } from './word-list.ts';
import { maxPatternLength, minPatternRun } from './word-pattern.ts';
import {
  deleteWords,
  insertWords,
  type NewWord,
  selectListedWords,
  selectWordCounts,
} from './word.queries.ts';

/** The list of words. Each command is one transaction, and leaves an event in the log of moderation. */
export class WordService {
  constructor(private readonly options: { readonly db: Database; readonly moderationLog: ModerationLog }) {}

  /** Adds all of these words, or none. @returns their ids, in their order */
  addWords(viewer: Viewer, given: readonly WordEntry[]): Promise<Result<readonly string[]>> {
    return this.#change(viewer, 'words', given, async (tx) => {
      const words = requireWords(given);
      await lockSettings(tx);
      requireNew(await selectListedWords(tx, words));
      requireRoom(await selectWordCounts(tx), words);
      const wordIds = await insertWords(tx, words, viewer.accountId);
      return { changed: wordIds, detail: { words: { added: wordIds.length, wordIds } } };
    });
  }

  /** Removes those of these words that are on the list. @returns their ids */
  removeWords(viewer: Viewer, ids: readonly string[]): Promise<Result<readonly string[]>> {
    return this.#change(viewer, 'wordIds', ids, async (tx) => {
      await lockSettings(tx);
      const wordIds = await deleteWords(tx, ids);
      return { changed: wordIds, detail: { words: { removed: wordIds.length, wordIds } } };
    });
  }

  #change(
    viewer: Viewer,
    field: string,
    given: readonly unknown[],
    command: (tx: Tx) => Promise<{ changed: readonly string[]; detail: Record<string, unknown> }>,
  ): Promise<Result<readonly string[]>> {
    return refusable(() => {
      requireModerator(viewer);
      if (given.length > maxWordsAtOnce) {
        const message = `\`${field}\` takes at most ${maxWordsAtOnce} at once, not ${given.length}.`;
        throw new Refusal('INVALID_INPUT', [field], message);
      }
      const scope = { viewer, subject: 'screening settings' };
      return this.options.db.transactionFor(scope, async (tx) => {
        const { changed, detail } = await command(tx);
        if (changed.length === 0) return changed;
        await raiseSettingsRevision(tx);
        const actor = actorOf(viewer);
        await this.options.moderationLog.appendLast(tx, [{ kind: 'SETTINGS_CHANGED', actor, detail }]);
        return changed;
      });
    });
  }
}

/** @throws Refusal with the faults of all words */
function requireWords(given: readonly WordEntry[]): NewWord[] {
  const words: NewWord[] = [];
  const faults: UserErrorValue[] = [];
  given.forEach((word, at) => {
    try {
      words.push(requireWord(word, at));
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      faults.push(...error.userErrors);
    }
  });
  refuse(faults);
  const seen = new Map<string, number>();
  const repeated = words.flatMap(({ folded, mode, language }, at): UserErrorValue[] => {
    const key = JSON.stringify([folded, mode, language]);
    const first = seen.get(key);
    if (first === undefined) seen.set(key, at);
    if (first === undefined) return [];
    const message = `This is the same as word ${first + 1} of these.`;
    return [{ code: 'INVALID_INPUT', message, field: textOf(at) }];
  });
  refuse(repeated);
  return words;
}

/** @throws Refusal with the first of these faults, as many as an answer holds; without any, nothing happens */
function refuse(faults: readonly UserErrorValue[]): void {
  const [first, ...others] = faults.slice(0, maxUserErrors);
  if (first) throw Refusal.of(first, ...others);
}

const textOf = (at: number): string[] => ['words', String(at), 'text'];

function requireWord(given: WordEntry, at: number): NewWord {
  const { mode, action } = given;
  const language = requireLanguage(given.language, at);
  const text = requireWordText(given.text, at);
  if (compileWord({ text, mode, language }) === undefined) {
    const message =
      mode === 'PATTERN'
        ? `A pattern is one word of at most ${maxPatternLength} letters and digits beside \`*\`, at least ${minPatternRun} of which stand together.`
        : 'Nothing of this text can be compared.';
    throw new Refusal('INVALID_INPUT', textOf(at), message);
  }
  return { text, mode, action, language, folded: foldedString(foldText(text, foldRuleOf(language))) };
}

function requireWordText(text: string, at: number): string {
  try {
    return requireLine(text, { field: 'text', max: maxWordLength });
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    const [first, ...others] = error.userErrors.map((fault) => ({ ...fault, field: textOf(at) }));
    throw first ? Refusal.of(first, ...others) : error;
  }
}

function requireLanguage(tag: string | null, at: number): string | null {
  if (tag === null) return null;
  try {
    const [canonical] = tag.length > maxLanguageLength ? [] : Intl.getCanonicalLocales(tag);
    if (canonical !== undefined) return canonical;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
  }
  const message = 'This is no language tag of BCP 47, such as `en` or `pt-BR`.';
  throw new Refusal('INVALID_INPUT', ['words', String(at), 'language'], message);
}

function requireNew(listed: readonly number[]): void {
  const message = 'This word is on the list already.';
  refuse(listed.map((at) => ({ code: 'INVALID_INPUT', message, field: textOf(at) })));
}

function requireRoom(
  listed: { readonly words: number; readonly patterns: number },
  added: readonly NewWord[],
): void {
  const patterns = added.filter(({ mode }) => mode === 'PATTERN').length;
  if (listed.words + added.length > maxWords)
    throw new Refusal('LIMIT_REACHED', ['words'], `The list has ${maxWords} words at most.`);
  if (patterns > 0 && listed.patterns + patterns > maxPatterns)
    throw new Refusal('LIMIT_REACHED', ['words'], `The list has ${maxPatterns} patterns at most.`);
}

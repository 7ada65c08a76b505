import {
  charKinds,
  type FoldedText,
  foldRuleOf,
  type FoldRule,
  foldText,
  isBoundary,
} from '../../platform/text/fold.ts';
import { Automaton } from './automaton.ts';
import { WordPattern } from './word-pattern.ts';

/** How a word is looked for: as it stands, as the beginning of a word, or with `*` and `?`. */
export type WordMode = 'EXACT' | 'PREFIX' | 'PATTERN';

/** What becomes of a text with the word. */
export type WordAction = 'HOLD' | 'REFUSE';

/** An entry of the list of words. */
export interface WordEntry {
  readonly text: string;
  readonly mode: WordMode;
  readonly action: WordAction;
  /** BCP 47 tag of the language by whose rules the word is folded; null: by the rules that hold for all others. */
  readonly language: string | null;
}

/** A place of a text at which an entry was found. */
interface WordMatch {
  readonly entry: WordEntry;
  /** The place as it stands in the text. */
  readonly match: string;
}

/** What the words have found in a text. */
export interface WordFindings {
  /** The first match that holds; undefined: there is none. */
  readonly held: WordMatch | undefined;
  /** Matches that refuse, of different entries. */
  readonly refused: readonly WordMatch[];
  /** Steps that the search took, which grow with the text alone. */
  readonly steps: number;
}

/** Most words that a refusal names. */
const maxNamedWords = 5;

interface Compiled {
  readonly entry: WordEntry;
  readonly pattern: WordPattern | undefined;
}

/** The entries that are folded by one rule. */
interface Group {
  readonly rule: FoldRule;
  readonly automaton: Automaton;
  /** The entries of each literal of the automaton. */
  readonly owners: readonly (readonly Compiled[])[];
}

/** The literal by which an entry is looked for, and its pattern; undefined: nothing of the entry is visible. */
export function compileWord({
  text,
  mode,
  language,
}: Omit<WordEntry, 'action'>):
  { readonly literal: readonly number[]; readonly pattern: WordPattern | undefined } | undefined {
  const rule = foldRuleOf(language);
  if (mode === 'PATTERN') {
    const pattern = WordPattern.parse(text, (part) => foldText(part, rule));
    return pattern && { literal: pattern.literal, pattern };
  }
  const { points, length } = foldText(text.trim(), rule);
  return length === 0 ? undefined : { literal: [...points.subarray(0, length)], pattern: undefined };
}

/** Most entries that are folded between two pauses. */
const entriesPerPause = 200;

/** All words of the site, ready to be looked for in one pass over a text. */
export class WordList {
  private constructor(private readonly groups: readonly Group[]) {}

  static readonly empty = new WordList([]);

  get isEmpty(): boolean {
    return this.groups.length === 0;
  }

  /** Builds the list; pauses on the way. Entries that cannot be looked for are left out. */
  static *build(entries: readonly WordEntry[]): Generator<void, WordList> {
    const groups: Group[] = [];
    for (const rule of ['default', 'turkic'] as const) {
      const own = entries.filter(({ language }) => foldRuleOf(language) === rule);
      if (own.length > 0) groups.push(yield* buildGroup(rule, own));
    }
    return new WordList(groups);
  }

  /** Looks for all words in a text. */
  find(text: string): WordFindings {
    const search = new Search();
    let steps = 0;
    for (const group of this.groups) steps += search.run(group, foldText(text, group.rule));
    return { held: search.held, refused: search.refused, steps: steps + search.steps };
  }
}

function* buildGroup(rule: FoldRule, entries: readonly WordEntry[]): Generator<void, Group> {
  const byLiteral = new Map<string, { literal: readonly number[]; owners: Compiled[] }>();
  let count = 0;
  for (const entry of entries) {
    if ((count += 1) % entriesPerPause === 0) yield;
    const compiled = compileWord(entry);
    if (!compiled) continue;
    const { literal, pattern } = compiled;
    const key = literal.join();
    const known = byLiteral.get(key);
    if (known) known.owners.push({ entry, pattern });
    else byLiteral.set(key, { literal, owners: [{ entry, pattern }] });
  }
  const automaton = yield* Automaton.build([...byLiteral.values()].map(({ literal }) => literal));
  const owners = automaton.literals.map((literal) => byLiteral.get(literal.join())?.owners ?? []);
  return { rule, automaton, owners };
}

/** One search through all groups. */
class Search {
  held: WordMatch | undefined;
  readonly refused: WordMatch[] = [];
  steps = 0;
  readonly #refusing = new Set<WordEntry>();

  /** @returns the steps of the automaton */
  run({ automaton, owners }: Group, text: FoldedText): number {
    /** The end of the run in which a pattern was looked for last: in each run it is looked for once. */
    const searched = new Map<WordPattern, number>();
    return automaton.walk(text, (literal, end) => {
      const length = automaton.literals[literal]?.length ?? 0;
      for (const { entry, pattern } of owners[literal] ?? []) {
        this.steps += 1;
        if (!this.#isWanted(entry)) continue;
        const place = pattern
          ? this.#findPattern(text, pattern, end, searched)
          : placeOf(text, entry.mode, end - length, end);
        if (place) this.#keep(entry, text, place);
      }
      return this.refused.length < maxNamedWords;
    });
  }

  #isWanted(entry: WordEntry): boolean {
    return entry.action === 'REFUSE' ? !this.#refusing.has(entry) : this.held === undefined;
  }

  #keep(entry: WordEntry, text: FoldedText, [from, to]: readonly [number, number]): void {
    const match = text.original.slice(text.starts[from], text.ends[to - 1]);
    if (entry.action === 'HOLD') {
      this.held = { entry, match };
      return;
    }
    this.#refusing.add(entry);
    this.refused.push({ entry, match });
  }

  #findPattern(
    text: FoldedText,
    pattern: WordPattern,
    end: number,
    searched: Map<WordPattern, number>,
  ): readonly [number, number] | undefined {
    if ((searched.get(pattern) ?? 0) >= end) return undefined;
    let from = end - 1;
    while (from > 0 && text.kinds[from - 1] !== charKinds.other) from -= 1;
    let to = end;
    while (to < text.length && text.kinds[to] !== charKinds.other) to += 1;
    this.steps += 2 * (to - from);
    searched.set(pattern, to);
    const found = pattern.findEnd(text, from, to);
    return found === undefined ? undefined : [pattern.findBegin(text, from, found), found];
  }
}

/** The place of a literal, if a word begins there, and if it has to end there. */
function placeOf(
  text: FoldedText,
  mode: WordMode,
  from: number,
  to: number,
): readonly [number, number] | undefined {
  if (!isBoundary(text, from)) return undefined;
  return mode === 'PREFIX' || isBoundary(text, to) ? [from, to] : undefined;
}

import { isPassing, messageOf } from '../graphql/error-message.ts';
import { type Entry, isWaiting, summaryOf } from './queue-entry.ts';
import { type QueueList } from './queue-list.ts';
import { queueTexts as words } from './queue-texts.ts';

/** Why comments were not decided. */
export interface Why {
  /** @param whose the comment, by its author's name */
  readonly text: (whose: string) => string;
  /** False: the answer is missing, and they may have been decided. */
  readonly isCertain: boolean;
}

/** Why the service has refused. @param message its words */
export const refusedBy = (message: string): Why => ({
  text: words.notDecidedBecause(message),
  isCertain: true,
});

/** Why a request has failed: in the words of the entry, and for the bar. */
export function failureOf(error: unknown): { readonly trouble: string; readonly why: Why } {
  const message = messageOf(error);
  if (message === undefined)
    return { trouble: words.unknown, why: { text: words.unanswered, isCertain: false } };
  if (!isPassing(error)) return { trouble: message, why: refusedBy(message) };
  return { trouble: message, why: { text: words.perhapsNotDecided(message), isCertain: false } };
}

/** An entry that was not decided, and waits as before. */
export interface Refusal {
  readonly id: string;
  /** Whose comment it is, and why it was not decided: true whatever entry is in hand. */
  readonly text: string;
  readonly isCertain: boolean;
}

/** The entries that were not decided after all, in the order of the list, until a moderator goes to them or they wait no more. */
export class QueueRefusals {
  readonly #list: QueueList;
  readonly #onChange: () => void;
  #all: readonly Refusal[] = [];

  constructor(list: QueueList, onChange: () => void) {
    this.#list = list;
    this.#onChange = onChange;
    list.subscribe(() => this.#keep((entry) => isWaiting(entry)));
  }

  all = (): readonly Refusal[] => this.#all;

  add(ids: readonly string[], { text, isCertain }: Why): void {
    const added = ids
      .flatMap((id) => this.#list.at(id) ?? [])
      .map((entry) => ({
        id: entry.id,
        text: text(words.commentOf(summaryOf(entry).name)),
        isCertain,
      }));
    if (added.length === 0) return;
    this.#all = [...this.#all.filter(({ id }) => !ids.includes(id)), ...added].sort(
      (a, b) => this.#list.indexOf(a.id) - this.#list.indexOf(b.id),
    );
    this.#onChange();
  }

  /** A moderator is at the entry, which says the same itself. */
  forget(id: string): void {
    this.#keep((entry) => entry.id !== id);
  }

  #keep(isKept: (entry: Entry) => boolean): void {
    const kept = this.#all.filter(({ id }) => {
      const entry = this.#list.at(id);
      return entry !== undefined && isKept(entry);
    });
    if (kept.length === this.#all.length) return;
    this.#all = kept;
    this.#onChange();
  }
}

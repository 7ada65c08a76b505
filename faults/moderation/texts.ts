import type { Random } from '../../harness/random.ts';

/** How a text is written: it passes, or something always holds it. */
export type TextKind = 'plain' | 'word' | 'link';

/** The word and the host that hold a text during the whole scenario. */
export const heldWord = 'rubbish';
export const heldHost = 'spam.example';

/** Every text has a mark of its own, by which it is found in whatever anybody receives. */
export const markPattern = 'mark[0-9a-z]{10}';

const marksIn = (text: string): string[] => text.match(new RegExp(markPattern, 'g')) ?? [];

interface Text {
  readonly authorId: string;
  /** Whether it waits for a moderator: because of what it says and where, or because its author was told so. */
  waits: boolean;
  /** Whether a moderator who has read it has asked for it to be public. */
  isApproved: boolean;
}

/** All texts of the writers, with those who have received each of them. */
export class Texts {
  readonly #random: Random;
  readonly #texts = new Map<string, Text>();
  /** Accounts, '' for readers who are not signed in, by mark. */
  readonly #seen = new Map<string, Set<string>>();

  constructor(random: Random) {
    this.#random = random;
  }

  /** Makes a text. @param alwaysWaits whether a moderator reads it first wherever it says */
  make(authorId: string, kind: TextKind, alwaysWaits: boolean): { mark: string; body: string } {
    let mark = 'mark';
    while (mark.length < 14) mark += Math.floor(36 * this.#random.next()).toString(36);
    this.#texts.set(mark, { authorId, waits: alwaysWaits || kind !== 'plain', isApproved: false });
    const said = { plain: 'is said', word: `is ${heldWord}`, link: `is at https://${heldHost}/` };
    return { mark, body: `${mark} ${said[kind]}` };
  }

  /** The author was told that a text waits. */
  waits(mark: string): void {
    const text = this.#texts.get(mark);
    if (text) text.waits = true;
  }

  /** A moderator who has read a text is about to ask for it to be public. */
  approve(body: string): void {
    for (const mark of marksIn(body)) {
      const text = this.#texts.get(mark);
      if (text) text.isApproved = true;
    }
  }

  /** @param readerId '' for somebody who is not signed in */
  see(readerId: string, received: string): void {
    for (const mark of marksIn(received)) {
      const readers = this.#seen.get(mark) ?? new Set();
      this.#seen.set(mark, readers.add(readerId));
    }
  }

  /** Number of texts that readers have received, and of those that were never public. */
  get counts(): { seen: number; hidden: number } {
    return { seen: this.#seen.size, hidden: this.#hidden().length };
  }

  /** The faults: texts that were never public, and were seen by somebody else than their author. */
  check(): string[] {
    return this.#hidden().flatMap(([mark, { authorId }]) => {
      const others = [...(this.#seen.get(mark) ?? [])].filter((id) => id !== authorId);
      if (others.length === 0) return [];
      const names = others.map((id) => (id === '' ? 'readers who are not signed in' : `account ${id}`));
      return [`${mark} of account ${authorId} was never public, and seen by ${names.join(', ')}`];
    });
  }

  #hidden(): (readonly [string, Text])[] {
    return [...this.#texts].filter(([, { waits, isApproved }]) => waits && !isApproved);
  }
}

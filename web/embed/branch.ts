import { type Comment, type CommentPage } from './types.ts';

/** The loaded part of the comments below one comment of the first level, in reading order. */
export class Branch {
  /** Ids, by position. */
  ids: string[] = [];
  /** Where the next page begins; null: all pages are loaded. */
  next: string | null = null;
  /** Position of the last comment that a page had: a live comment behind it is loaded with its page. */
  #end = '';

  addPage({ nodes, pageInfo }: CommentPage, all: ReadonlyMap<string, Comment>): void {
    this.next = pageInfo.hasNextPage ? pageInfo.endCursor : null;
    for (const node of nodes) this.insert(node, all);
    this.#end = nodes.at(-1)?.threadPosition ?? this.#end;
  }

  /** Whether a comment belongs to the loaded part. */
  covers({ threadPosition }: Comment): boolean {
    return this.next === null || threadPosition < this.#end;
  }

  insert({ id, threadPosition }: Comment, all: ReadonlyMap<string, Comment>): void {
    if (this.ids.includes(id)) return;
    const at = this.ids.findIndex((other) => (all.get(other)?.threadPosition ?? '') > threadPosition);
    this.ids.splice(at === -1 ? this.ids.length : at, 0, id);
  }

  remove(id: string): void {
    this.ids = this.ids.filter((other) => other !== id);
  }
}

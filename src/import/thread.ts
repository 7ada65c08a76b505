import { ordinalOf, pathElement } from '../db/ordinal.ts';
import type { ImportedComment } from './document.ts';

/** A comment with its place in the thread. */
export interface PlacedComment {
  readonly comment: ImportedComment;
  readonly id: string;
  readonly parentId: string | null;
  readonly rootId: string;
  readonly depth: number;
  readonly ordinal: bigint;
  readonly path: Buffer;
  replyCount: number;
  descendantCount: number;
}

/** Ordinals by time; among equal times the order of the document stands. */
export function ordinalsOf(items: readonly { createdAt: { at: Date } }[]): bigint[] {
  const atSameTime = new Map<number, number>();
  return items.map(({ createdAt: { at } }) => {
    const index = atSameTime.get(at.getTime()) ?? 0;
    atSameTime.set(at.getTime(), index + 1);
    return ordinalOf(at, index);
  });
}

/**
 * Puts a document's comments in their places, parents before their replies.
 * @param ids as many as there are comments
 * @throws Error for comments that reply to each other in a circle, or are nested too deep
 */
export function placeComments(
  comments: readonly ImportedComment[],
  ids: readonly string[],
  maxDepth: number,
): PlacedComment[] {
  const ordinals = ordinalsOf(comments);
  const children = new Map<string | null, number[]>();
  comments.forEach(({ parentKey = null }, index) => {
    children.set(parentKey, [...(children.get(parentKey) ?? []), index]);
  });
  const placed: PlacedComment[] = [];
  const place = (index: number, above: readonly PlacedComment[]): PlacedComment[] => {
    const comment = comments[index];
    const id = ids[index];
    const ordinal = ordinals[index];
    if (!comment || id === undefined || ordinal === undefined) throw new RangeError('Too few ids');
    const parent = above.at(-1);
    if (above.length > maxDepth) throw new Error(`comments[${index}]: nested deeper than ${maxDepth}`);
    const own: PlacedComment = {
      comment,
      id,
      parentId: parent?.id ?? null,
      rootId: above[0]?.id ?? id,
      depth: above.length,
      ordinal,
      path: Buffer.concat([parent?.path ?? Buffer.alloc(0), pathElement(ordinal, !parent)]),
      replyCount: 0,
      descendantCount: 0,
    };
    if (parent) parent.replyCount += 1;
    if (above[0]) above[0].descendantCount += 1;
    placed.push(own);
    return [...above, own];
  };
  // A stack of its own: documents may nest deeper than the machine's.
  const open = (children.get(null) ?? []).map((index) => ({ index, above: [] as PlacedComment[] }));
  for (let next = open.pop(); next; next = open.pop()) {
    const above = place(next.index, next.above);
    for (const index of children.get(comments[next.index]?.key ?? '') ?? []) open.push({ index, above });
  }
  if (placed.length < comments.length) {
    const missing = new Set(placed.map((item) => item.comment));
    const index = comments.findIndex((comment) => !missing.has(comment));
    throw new Error(`comments[${index}].parentKey: replies to itself in a circle`);
  }
  return placed.sort((a, b) => a.depth - b.depth);
}

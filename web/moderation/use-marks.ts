import { type RefObject, useEffect } from 'react';

/**
 * Places of a text are marked by the browser's own highlights (CSS Custom Highlight API), which leave the elements of the
 * comment's HTML as they are. A browser without them shows the text unmarked: what was found is quoted beside it.
 */
function highlightOf(name: string): Highlight | undefined {
  if (typeof Highlight === 'undefined') return undefined;
  let highlight = CSS.highlights.get(name);
  if (!highlight) CSS.highlights.set(name, (highlight = new Highlight()));
  return highlight;
}

/** A place of a text, in UTF-16 units. */
export interface Place {
  readonly from: number;
  readonly to: number;
}

/** All texts below an element, as one. */
export function textNodesOf(element: Element): Text[] {
  const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
  const nodes: Text[] = [];
  while (walker.nextNode()) nodes.push(walker.currentNode as Text);
  return nodes;
}

function rangeOf(nodes: readonly Text[], { from, to }: Place): Range | undefined {
  const range = document.createRange();
  let start = 0;
  let isBegun = false;
  for (const node of nodes) {
    const end = start + node.length;
    if (!isBegun && from < end) {
      range.setStart(node, from - start);
      isBegun = true;
    }
    if (isBegun && to <= end) {
      range.setEnd(node, to - start);
      return range;
    }
    start = end;
  }
  return undefined;
}

/**
 * Marks places of an element's text while it is shown.
 * @param places finds them; called again when `of` changes
 * @param of what the places depend on
 */
export function useMarks(
  element: RefObject<HTMLElement | null>,
  name: string,
  places: (text: string) => readonly Place[],
  of: string,
): void {
  useEffect(() => {
    const highlight = highlightOf(name);
    if (!element.current || !highlight) return;
    const nodes = textNodesOf(element.current);
    const text = nodes.map(({ data }) => data).join('');
    const ranges = places(text).flatMap((place) => rangeOf(nodes, place) ?? []);
    for (const range of ranges) highlight.add(range);
    return () => {
      for (const range of ranges) highlight.delete(range);
    };
    // `places` is made anew with each rendering, of the same.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [element, name, of]);
}

/** Most marks of one text. */
const mostMarks = 50;

/** Where a text has what was found in it. */
export function placesOf(text: string, match: string | null): Place[] {
  const places: Place[] = [];
  if (match === null || match === '') return places;
  for (let from = text.indexOf(match); from >= 0 && places.length < mostMarks;) {
    places.push({ from, to: from + match.length });
    from = text.indexOf(match, from + match.length);
  }
  return places;
}

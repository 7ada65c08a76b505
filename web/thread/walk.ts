/**
 * Scrolls until the window stays where it should be: what was only estimated is measured on the way, and rows come. Ends
 * when the reader scrolls.
 * @param target where to, in pixels; undefined: it is gone
 * @param onArrival called at once, and again where it should be, until it returns true: the row is in the document
 * @returns ends it
 */
export function walkTo(target: () => number | undefined, onArrival: () => boolean): () => void {
  let calmFrames = 0;
  let hasArrived = onArrival();
  let frame = requestAnimationFrame(step);
  const events = ['wheel', 'touchstart', 'keydown', 'mousedown'] as const;
  const end = () => {
    cancelAnimationFrame(frame);
    for (const name of events) removeEventListener(name, end);
  };
  // Not what set the walk off.
  let isWatched = false;
  function step() {
    if (!isWatched) for (const name of events) addEventListener(name, end, { passive: true });
    isWatched = true;
    const offset = target();
    if (offset === undefined) return end();
    const limit = document.documentElement.scrollHeight - innerHeight;
    if (Math.abs(scrollY - Math.min(offset, limit)) > 1) {
      calmFrames = 0;
      scrollTo({ top: offset, behavior: 'instant' });
    } else {
      calmFrames++;
      hasArrived ||= onArrival();
    }
    if (calmFrames > (hasArrived ? 5 : 120)) return end();
    frame = requestAnimationFrame(step);
  }
  return end;
}

/** Gives the focus to the comment that one has come for. @returns whether it is there */
export function markTarget(elementId: string): boolean {
  const element = document.getElementById(elementId);
  if (!element) return false;
  element.focus({ preventScroll: true });
  for (const marked of document.querySelectorAll('.is-target')) marked.classList.remove('is-target');
  element.classList.add('is-target');
  return true;
}

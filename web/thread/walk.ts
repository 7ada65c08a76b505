/**
 * Scrolls until the window stays at the target: estimated heights are measured on the way, and rows are added. Ends
 * when the reader scrolls.
 * @param target offset in pixels; undefined: the target is gone
 * @param onArrival called at once, and again at the target, until it returns true: the row is in the document
 * @returns a function that ends the scrolling
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
  // False in the first frame, so that the event that started the scrolling does not end it.
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

/** Focuses the comment that the reader came for, unless something in it has the focus. @returns whether it is in the document */
export function markTarget(elementId: string): boolean {
  const element = document.getElementById(elementId);
  if (!element) return false;
  // A reply that was asked for together with the comment is open, or opens soon.
  if (!element.contains(document.activeElement)) element.focus({ preventScroll: true });
  for (const marked of document.querySelectorAll('.is-target')) marked.classList.remove('is-target');
  element.classList.add('is-target');
  return true;
}

import { type ReactNode, useEffect, useRef, useState } from 'react';
import { texts } from '../texts.ts';

interface Props {
  readonly isThere: boolean;
  readonly children: ReactNode;
  /** Whether a notice offers what waits to be shown. */
  readonly hasNotice?: boolean;
}

/**
 * Content that may come while the page is being read. What is there from the beginning is shown. What comes later would
 * move the text below it: it waits until its place is outside of the window, or until the reader asks for it.
 */
export function QuietPlace({ isThere, children, hasNotice = true }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [isOpen, setOpen] = useState(isThere);
  const isWaiting = isThere && !isOpen;
  useEffect(() => {
    if (!isWaiting || !place.current) return;
    // Above the window, the browser keeps what is in the window where it is.
    const observer = new IntersectionObserver((entries) => {
      if (entries.at(-1)?.isIntersecting === false) setOpen(true);
    });
    observer.observe(place.current);
    return () => observer.disconnect();
  }, [isWaiting]);
  if (isThere && isOpen) return children;
  return (
    <>
      <div ref={place} className="quiet-place" />
      {hasNotice && (
        <div className="launch-notice" role="status">
          {isWaiting && (
            <p>
              {texts.supportNow}{' '}
              <button type="button" onClick={() => setOpen(true)}>
                {texts.supportShow}
              </button>
            </p>
          )}
        </div>
      )}
    </>
  );
}

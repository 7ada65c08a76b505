import { useRef, useState } from 'react';
import { focusAtOnce } from '../layout/focus.ts';
import { texts } from '../texts.ts';

/** Unpublishes an article, after a confirmation. */
export function UnpublishControl({
  isBusy,
  onUnpublish,
}: {
  readonly isBusy: boolean;
  readonly onUnpublish: () => void;
}) {
  const [isAsking, setAsking] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  if (!isAsking) {
    return (
      <button type="button" className="is-danger" ref={opener} onClick={() => setAsking(true)}>
        {texts.unpublish}
      </button>
    );
  }
  return (
    <div className="unpublish-question" role="group" aria-labelledby="unpublish-question">
      <p id="unpublish-question">{texts.reallyUnpublish}</p>
      <div className="form-foot">
        <button type="button" className="is-danger" disabled={isBusy} onClick={onUnpublish}>
          {texts.unpublish}
        </button>
        <button
          type="button"
          ref={focusAtOnce}
          onClick={() => {
            setAsking(false);
            setTimeout(() => opener.current?.focus());
          }}
        >
          {texts.keepPublished}
        </button>
      </div>
    </div>
  );
}

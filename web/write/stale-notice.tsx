import { useLayoutEffect, useRef } from 'react';
import { type EditableArticleFragment } from '../graphql/generated/graphql.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';

interface Props {
  /** The article in its present state. */
  readonly article: EditableArticleFragment;
  readonly isBusy: boolean;
  readonly onOverwrite: () => void;
  readonly onTake: () => void;
}

/**
 * Shown when somebody has saved the article since this text was begun: shows the saved text, and lets the author
 * choose.
 */
export function StaleNotice({ article, isBusy, onOverwrite, onTake }: Props) {
  const notice = useRef<HTMLElement>(null);
  // After saving, the focus is at the other end of the form.
  useLayoutEffect(() => notice.current?.focus(), []);
  return (
    <section className="notice stale-notice" aria-labelledby="stale" ref={notice} tabIndex={-1}>
      <h2 id="stale">{texts.staleTitle}</h2>
      <p role="alert">{texts.stale}</p>
      <details>
        <summary>{texts.staleShow}</summary>
        <div className="stale-text">
          <p {...written} className="stale-title">
            {article.title}
          </p>
          {article.standfirst !== null && <p {...written}>{article.standfirst}</p>}
          <pre {...written}>{article.viewerBodyMarkdown}</pre>
        </div>
      </details>
      <div className="form-foot">
        <button type="button" disabled={isBusy} onClick={onOverwrite}>
          {texts.staleOverwrite}
        </button>
        <button type="button" disabled={isBusy} className="is-danger" onClick={onTake}>
          {texts.staleTake}
        </button>
      </div>
    </section>
  );
}

import { useEffect, useRef } from 'react';
import { type EditableArticleFragment } from '../graphql/generated/graphql.ts';
import { texts } from '../texts.ts';

interface Props {
  /** As it is now. */
  readonly article: EditableArticleFragment;
  readonly isBusy: boolean;
  readonly onOverwrite: () => void;
  readonly onTake: () => void;
}

/** Somebody saved the article since this text was begun: what they wrote, and what to do about it. */
export function StaleNotice({ article, isBusy, onOverwrite, onTake }: Props) {
  const notice = useRef<HTMLElement>(null);
  // Whoever has just saved stands at the other end of the form.
  useEffect(() => notice.current?.focus(), []);
  return (
    <section className="notice stale-notice" aria-labelledby="stale" ref={notice} tabIndex={-1}>
      <h2 id="stale">{texts.staleTitle}</h2>
      <p role="alert">{texts.stale}</p>
      <details>
        <summary>{texts.staleShow}</summary>
        <div className="stale-text">
          <p className="stale-title">{article.title}</p>
          {article.standfirst !== null && <p>{article.standfirst}</p>}
          <pre>{article.viewerBodyMarkdown}</pre>
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

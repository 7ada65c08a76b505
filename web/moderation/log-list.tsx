import { useRef } from 'react';
import { type ModerationHistoryFilter } from '../graphql/generated/graphql.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { ActionItem, isDecisionOf } from './action-line.tsx';
import { lastDecisions } from './decision-line.tsx';
import { logTexts as words } from './log-texts.ts';
import { useLog } from './use-log.ts';

/** A part of the log that follows what happens. @param props.filter another object is another list */
export function LogList({ filter }: { readonly filter: ModerationHistoryFilter }) {
  const { items, hasMore, isLoading, trouble, more, reload, waiting, isStale, show } = useLog(filter);
  const list = useRef<HTMLUListElement>(null);
  const decisions = (items ?? []).flatMap((entry) =>
    isDecisionOf(entry) && 'decision' in entry && entry.decision ? [entry.decision] : [],
  );
  const last = lastDecisions(decisions);
  if (items === undefined)
    return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />;
  return (
    <>
      <div className="mod-news">
        {waiting > 0 && (
          <button
            type="button"
            onClick={() => {
              show();
              // The first of what is new takes the focus from the button, which goes.
              setTimeout(() => list.current?.querySelector<HTMLElement>('li')?.focus());
            }}
          >
            {words.showNews(waiting)}
          </button>
        )}
        <p role="status" className={isStale ? 'hint' : 'visually-hidden'}>
          {isStale ? words.stale : waiting > 0 ? words.news(waiting) : ''}
        </p>
      </div>
      {items.length === 0 && <p>{words.none}</p>}
      {items.length > 0 && (
        <ul className="mod-list" aria-label={words.entries} ref={list}>
          {items.map((entry) => (
            <ActionItem
              key={entry.sequence}
              entry={entry}
              isLast={'decision' in entry && last.has(entry.decision?.id ?? '')}
            />
          ))}
        </ul>
      )}
      {hasMore && <MoreButton label={words.more} isLoading={isLoading} trouble={trouble} onMore={more} />}
    </>
  );
}

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import { arrivedAt, itemsOf, type Place, useArrival } from '../layout/reading-place.ts';
import { useComeBack } from '../layout/use-come-back.ts';
import { commentOfHash } from '../paths.ts';
import { MoreButton } from '../layout/more-button.tsx';
import { texts } from '../texts.ts';
import { type Discussion } from './discussion.ts';
import { DiscussionContext } from './discussion-context.ts';
import { LiveMark } from './live-mark.tsx';
import { NextNew } from './next-new.tsx';
import { type RowsHandle, ThreadRows } from './thread-rows.tsx';

interface Props {
  readonly discussion: Discussion;
  /** Content above the comments: their number, their order, the form for a new comment. */
  readonly children: React.ReactNode;
  /** Called when the reader goes to the target of an address. */
  readonly onSeek: () => void;
  /** Called when the comment does not exist, or, with the failure, when this is unknown. */
  readonly onMissing: (commentId: string, failure?: unknown) => void;
}

/** A list of comments with live updates. */
export function Thread({ discussion, children, onSeek, onMissing }: Props) {
  const { list } = discussion;
  const snapshot = useSyncExternalStore(list.subscribe, list.snapshot);
  const [loading, setLoading] = useState<'start' | 'end'>();
  const isLoading = useRef(false);
  const rows = useRef<RowsHandle>(null);

  useEffect(() => discussion.start(), [discussion]);
  // A moderator may have decided meanwhile.
  useComeBack(useCallback(() => list.hasHidden && void discussion.readHidden(), [discussion, list]));

  const loadMore = useCallback(
    (end: 'start' | 'end') => {
      if (isLoading.current) return;
      isLoading.current = true;
      setLoading(end);
      void discussion.pages
        .loadMore(end)
        // The button and the loaded comments stay.
        .catch(() => undefined)
        .finally(() => {
          isLoading.current = false;
          setLoading(undefined);
        });
    },
    [discussion],
  );

  const goTo = useCallback(
    async (id: string) => {
      list.reveal(id);
      if (rows.current?.goTo(id)) return;
      if (!(await discussion.pages.load(id))) return;
      // Rendered by then: subscribers of a store render before the next frame.
      requestAnimationFrame(() => {
        if (rows.current?.goTo(id) !== true) onMissing(id);
      });
    },
    [discussion, list, onMissing],
  );

  useArrival(
    useCallback(
      // What is loaded is shown where it is not found.
      (place: Place) => void discussion.pages.loadOneOf(itemsOf(place)).catch(() => undefined),
      [discussion],
    ),
  );

  useEffect(() => {
    const follow = () => {
      const id = commentOfHash(location.hash);
      // Readers who come back are brought to where they were.
      if (id === undefined || arrivedAt()) return;
      onSeek();
      void goTo(id).catch((failure: unknown) => onMissing(id, failure));
    };
    const frame = requestAnimationFrame(follow);
    addEventListener('hashchange', follow);
    return () => {
      cancelAnimationFrame(frame);
      removeEventListener('hashchange', follow);
    };
  }, [goTo, onSeek, onMissing]);

  const showGathered = async () => {
    const id = await discussion.showGathered();
    if (id !== undefined) requestAnimationFrame(() => rows.current?.goTo(id));
  };

  return (
    <DiscussionContext value={discussion}>
      <div className="thread">
        {children}
        <div className="thread-bar">
          {snapshot.gathered > 0 && (
            <button
              type="button"
              className="gathered button-primary"
              onClick={() => void showGathered().catch(() => undefined)}
            >
              {texts.newComments(snapshot.gathered)}
            </button>
          )}
          <NextNew list={list} unseen={snapshot.unseen} onGo={(id) => rows.current?.goTo(id)} />
          <LiveMark discussion={discussion} gathered={snapshot.gathered} />
        </div>
        {snapshot.hasPrevious && (
          <MoreButton
            className="thread-more"
            label={texts.earlier}
            isLoading={loading === 'start'}
            isOnReturn={false}
            onMore={() => loadMore('start')}
          />
        )}
        {snapshot.rows.length === 0 && snapshot.gathered === 0 && (
          <p className="thread-empty">{discussion.root ? texts.noReplies : texts.noComments}</p>
        )}
        <ThreadRows ref={rows} snapshot={snapshot} isBusy={loading !== undefined} onEnd={loadMore} />
        {snapshot.hasNext && (
          <MoreButton
            className="thread-more"
            label={texts.later}
            isLoading={loading === 'end'}
            isOnReturn={false}
            onMore={() => loadMore('end')}
          />
        )}
      </div>
    </DiscussionContext>
  );
}

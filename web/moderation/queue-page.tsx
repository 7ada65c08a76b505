import './queue.css';
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from 'react';
import { useSearchParams } from 'wouter';
import { useFocusLeft } from '../layout/focus.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { isComeBack } from '../layout/navigation.ts';
import { PageHead } from '../layout/page-head.tsx';
import { useReader, useViewer } from '../session/reader-context.ts';
import { readStored, writeStored } from '../storage.ts';
import { texts } from '../texts.ts';
import { newsOf } from './moderation-news.ts';
import { leftQueueOf, Queue } from './queue.ts';
import { type Ask, type Asking, QueueContext, type QueueDesk, useDesk } from './queue-context.ts';
import { cardId, isWaiting } from './queue-entry.ts';
import { choiceOf, isWhole } from './queue-filter.ts';
import { QueueFilters } from './queue-filters.tsx';
import { keysOf } from './queue-key-actions.ts';
import { QueueKeys } from './queue-keys.tsx';
import type { Refusal } from './queue-refusals.ts';
import { QueueRows, type QueueRowsHandle } from './queue-rows.tsx';
import { queueTexts as words } from './queue-texts.ts';
import { ReasonForm } from './reason-form.tsx';
import { moderationTexts } from './texts.ts';
import { useQueueKeys } from './use-queue-keys.ts';

/** Everything that waits for a moderator. */
export default function QueuePage() {
  const reader = useReader();
  const me = useViewer()?.commentAuthor.id;
  const [search] = useSearchParams();
  const name = search.toString();
  const queue = useMemo(() => {
    const left = leftQueueOf(reader);
    const known = isComeBack() ? left.get(name) : undefined;
    const made = known ?? new Queue(reader, choiceOf(new URLSearchParams(name)), me);
    // One is kept: that of the last visit.
    left.clear();
    left.set(name, made);
    return made;
  }, [reader, name, me]);
  return (
    <section className="queue" aria-labelledby={titleId}>
      <PageHead title={moderationTexts.title} />
      <QueueDeskOf queue={queue} />
    </section>
  );
}

const draftName = ({ verdict, at = '' }: Pick<Asking, 'verdict' | 'at'>): string => `${verdict} ${at}`;

const titleId = 'queue-title';

const keysName = 'standfirst.queue-keys';
const isOff = (value: unknown): value is 'off' => value === 'off';

function QueueDeskOf({ queue }: { readonly queue: Queue }) {
  const { list, actions } = queue;
  const snapshot = useSyncExternalStore(list.subscribe, list.snapshot);
  const total = useSyncExternalStore(queue.subscribe, queue.total);
  const isLoading = useSyncExternalStore(queue.subscribe, queue.isLoading);
  const trouble = useSyncExternalStore(queue.subscribe, queue.trouble);
  const said = useSyncExternalStore(actions.subscribe, actions.said);
  const refusals = useSyncExternalStore(actions.subscribe, actions.refusals);
  const canUndo = useSyncExternalStore(actions.subscribe, actions.canUndo);
  const rows = useRef<QueueRowsHandle>(null);
  const dialog = useRef<HTMLDialogElement>(null);
  const [asking, setAsking] = useState<Asking>();
  const [badFaith, setBadFaith] = useState<Readonly<Record<string, readonly string[]>>>({});
  const [hasKeys, setKeys] = useState(() => readStored(keysName, isOff) === undefined);
  const lastSelected = useRef<string>(undefined);
  const drafts = useRef(new Map<string, Partial<Ask>>());
  const { entries, current, selected, gathered, hasNext } = snapshot;

  useEffect(() => queue.start(), [queue]);
  // Back from another page: where the queue was left.
  useEffect(() => {
    const { current: left } = queue.list.snapshot();
    if (left !== undefined) rows.current?.goTo(left);
  }, [queue]);

  // What was decided meanwhile asks for no reason.
  // A form about all that is selected is about what is selected when it is sent.
  const asked = asking && (asking.at === undefined ? [...selected] : asking.ids);
  const isOpen = asked?.some((id) => list.at(id)?.state.kind === 'waiting') === true;
  const open = isOpen ? asking : undefined;
  if (asking && !isOpen) setAsking(undefined);

  const isAsking = useRef(false);
  useEffect(() => {
    isAsking.current = open !== undefined;
  });

  const goTo = (id: string | undefined) => {
    // What waits again after an undo may be no part of this list.
    if (id !== undefined && list.at(id)) rows.current?.goTo(id);
  };

  /** Focuses an entry, or the one in hand, or the page's heading, in place of something that goes away. */
  const focusHand = (id = list.snapshot().current) => {
    const element = document.getElementById(id === undefined ? '' : cardId(id));
    (element ?? document.getElementById(titleId))?.focus({ preventScroll: true });
  };

  /** For after an answer: does nothing if the moderator does something else by then. */
  const goWhenIdle = () => {
    const { current: before } = list.snapshot();
    return (id: string | undefined) => {
      const isTyping = document.activeElement?.matches('input, textarea, select, dialog *') === true;
      if (!isAsking.current && !isTyping && list.snapshot().current === before) goTo(id);
    };
  };

  /** The next entry that waits, or the one before; more are loaded where the list has none. */
  async function goOn(from: string | undefined, without: readonly string[]) {
    const isMeant = (entry: Parameters<typeof isWaiting>[0]) =>
      isWaiting(entry) && !without.includes(entry.id);
    const next = list.next(from, 1, isMeant);
    if (next !== undefined || !hasNext) return goTo(next ?? list.next(from, -1, isMeant) ?? from);
    const go = goWhenIdle();
    await queue.more();
    go(list.next(from, 1, isMeant) ?? list.next(from, -1, isMeant) ?? from);
  }

  async function decide({ verdict, ids, at }: Asking, { reason, note }: Partial<Ask>) {
    setAsking(undefined);
    list.setSelected([...list.snapshot().selected].filter((id) => !ids.includes(id)));
    const decided = actions.decide(ids, {
      verdict,
      reason: reason ?? null,
      note: note === undefined || note === '' ? null : note,
      badFaith,
    });
    void goOn(ids.length === 1 ? ids[0] : current, ids);
    const left = await decided;
    if (left.length === 0) drafts.current.delete(draftName({ verdict, at }));
    else if (at === undefined) list.setSelected([...list.snapshot().selected, ...left]);
  }

  const desk: QueueDesk = {
    queue,
    asking: open,
    badFaith,
    toggleBadFaith: (id, reportId) => {
      const marked = badFaith[id] ?? [];
      const next = marked.includes(reportId)
        ? marked.filter((each) => each !== reportId)
        : [...marked, reportId];
      setBadFaith({ ...badFaith, [id]: next });
    },
    rule: (verdict, ids, at) => {
      if (verdict === 'APPROVE') void decide({ verdict, ids, at }, {});
      else setAsking({ verdict, ids, at });
    },
    answer: (answered) => {
      if (!open) return;
      const ids = open.at === undefined ? [...list.snapshot().selected] : open.ids;
      void decide({ ...open, ids }, answered);
    },
    draft: (of) => drafts.current.get(draftName(of)) ?? {},
    keepDraft: (of, draft) => {
      drafts.current.set(draftName(of), { ...drafts.current.get(draftName(of)), ...draft });
    },
    cancel: () => {
      if (open) drafts.current.delete(draftName(open));
      setAsking(undefined);
      focusHand(open?.at);
    },
    lost: () => {
      restKeys();
      actions.say(words.formLost);
    },
    claim: (ids) => void actions.toggleClaim(ids),
    undo: (decisionId) => void actions.undo(decisionId).then(goWhenIdle()),
    select: (id, isRange) => {
      const next = new Set(list.snapshot().selected);
      const [from, to] = [list.indexOf(lastSelected.current ?? id), list.indexOf(id)].sort((a, b) => a - b);
      const meant =
        isRange && from !== undefined && to !== undefined && from >= 0 ? entries.slice(from, to + 1) : [];
      const isOn = !next.has(id);
      for (const each of [id, ...meant.filter(isWaiting).map((entry) => entry.id)])
        if (isOn) next.add(each);
        else next.delete(each);
      lastSelected.current = id;
      list.setSelected(next);
    },
  };

  async function showNew() {
    const last = entries.at(-1)?.id;
    const go = goWhenIdle();
    await queue.more();
    go(list.next(last, 1) ?? last);
  }

  const showKeys = () => dialog.current?.showModal();
  const restKeys = useQueueKeys(hasKeys, (key, event) =>
    keysOf({ desk, goTo, showNew: () => void showNew(), showKeys })(key, event),
  );

  return (
    <QueueContext value={desk}>
      <div className="queue-top">
        <h1 id={titleId} tabIndex={-1}>
          {moderationTexts.queue}
        </h1>
        <p className="queue-total">{total === undefined ? '' : words.waiting(total)}</p>
        <QueueFilters choice={queue.choice} entries={entries} />
      </div>
      <div className="queue-bar">
        {selected.size > 0 ? (
          <Bulk
            ids={[...selected]}
            onClear={() => {
              focusHand();
              list.setSelected([]);
            }}
          />
        ) : (
          gathered > 0 && (
            <button
              type="button"
              className="gathered button-primary"
              aria-keyshortcuts="n"
              onClick={() => void showNew()}
            >
              {words.gathered(gathered)}
            </button>
          )
        )}
        <p className="queue-said" role="status">
          {said}
        </p>
        <Refused refusals={refusals} onGo={goTo} />
        <button
          type="button"
          className="link-button"
          aria-keyshortcuts="u"
          // It stays when nothing is left to undo, and keeps the focus.
          aria-disabled={!canUndo}
          onClick={() => desk.undo()}
        >
          <span>
            {words.undo}
            <span className="visually-hidden"> {words.lastDecision}</span>
          </span>
          <kbd aria-hidden="true">u</kbd>
        </button>
        <Live queue={queue} />
        <button type="button" className="link-button" aria-keyshortcuts="?" onClick={showKeys}>
          {words.keys} <kbd aria-hidden="true">?</kbd>
        </button>
        {open && open.at === undefined && <ReasonForm key={open.verdict} asking={open} />}
      </div>
      <QueueKeys
        dialog={dialog}
        isOn={hasKeys}
        onSwitch={(isOn) => {
          setKeys(isOn);
          writeStored(keysName, isOn ? undefined : 'off');
        }}
      />
      {entries.length === 0 &&
        (trouble !== undefined ? (
          <Trouble message={trouble} onRetry={() => void queue.retry()} />
        ) : total === undefined || isLoading ? (
          <Loading />
        ) : (
          <p className="queue-empty">{isWhole(queue.choice) ? words.empty : words.emptyPart}</p>
        ))}
      <QueueRows ref={rows} queue={queue} snapshot={snapshot} isBusy={isLoading} />
      {entries.length > 0 && hasNext && (
        <MoreButton
          className="thread-more"
          label={words.more}
          isLoading={isLoading}
          trouble={trouble}
          onMore={() => void queue.more()}
        />
      )}
    </QueueContext>
  );
}

/** What was not decided after all, and the way to it: the moderator is at another entry by then, and stays there. */
function Refused({
  refusals: [first, ...others],
  onGo,
}: {
  readonly refusals: readonly Refusal[];
  readonly onGo: (id: string) => void;
}) {
  const isSingle = others.length === 0;
  const isCertain = first?.isCertain === true && others.every((each) => each.isCertain);
  const several = isCertain ? words.severalNotDecided : words.severalUncertain;
  return (
    // It is there before it says something: screen readers announce changes.
    <div className={first ? 'queue-refused' : 'visually-hidden'}>
      <p role="status">{first && (isSingle ? first.text : several(others.length + 1))}</p>
      {first && (
        <button type="button" aria-keyshortcuts="b" onClick={() => onGo(first.id)}>
          {isSingle ? words.toRefused : words.toFirstRefused} <kbd aria-hidden="true">b</kbd>
        </button>
      )}
    </div>
  );
}

/** Buttons for all that is selected. */
function Bulk({ ids, onClear }: { readonly ids: readonly string[]; readonly onClear: () => void }) {
  const { rule, claim } = useDesk();
  const group = useRef<HTMLDivElement>(null);
  useFocusLeft(group);
  return (
    <div ref={group} className="queue-bulk" role="group" aria-label={words.bulk}>
      <span>{words.selected(ids.length)}</span>
      <button type="button" onClick={() => rule('APPROVE', ids, undefined)}>
        {words.approve}
      </button>
      <button type="button" onClick={() => rule('REJECT', ids, undefined)}>
        {words.reject}
      </button>
      <button type="button" className="is-danger" onClick={() => rule('REMOVE', ids, undefined)}>
        {words.remove}
      </button>
      <button type="button" className="link-button" onClick={() => claim(ids)}>
        {words.claim}
      </button>
      <button type="button" className="link-button" onClick={onClear}>
        {words.clear}
      </button>
    </div>
  );
}

/** Whether what happens elsewhere arrives. */
function Live({ queue }: { readonly queue: Queue }) {
  const news = newsOf(useReader());
  const { status } = useSyncExternalStore(queue.subscribe, news.state);
  return (
    <span className={`live-mark is-${status}`} aria-hidden={status !== 'ended'}>
      {status === 'ended' ? words.ended : texts.states[status]}
    </span>
  );
}

import { memo } from 'react';
import { Link } from 'wouter';
import { Age } from '../layout/time.tsx';
import { useNow } from '../layout/use-now.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { QueueActions } from './queue-actions.ts';
import { useDesk } from './queue-context.ts';
import type { QueueItem } from './queue-documents.ts';
import { addressOf, cardId, type Entry, isMine, isOthers, type OwnVerdict } from './queue-entry.ts';
import { QueuePerson } from './queue-person.tsx';
import { QueueText } from './queue-text.tsx';
import { queueTexts as words } from './queue-texts.ts';
import { ruleInWords } from './queue-rule.ts';
import { ReasonForm } from './reason-form.tsx';
import { moderationTexts } from './texts.ts';

interface Props {
  readonly entry: Entry;
  readonly place: number;
  readonly isCurrent: boolean;
  /** Whether it is reached by the tabulator: one of the list is. */
  readonly isEntrance: boolean;
  readonly isSelected: boolean;
}

const kindOf = ({ held }: QueueItem) => held ?? 'REPORTED';
const nameOf = ({ person, comment }: QueueItem): string =>
  person?.name ?? comment.author?.name ?? words.nobody;

/** One entry of the queue: what waits, why, who wrote it, and what can be done. What is decided is a line. */
export const QueueCard = memo(function QueueCard(props: Props) {
  const { entry, place, isCurrent, isEntrance, isSelected } = props;
  const { item, state, id, height } = entry;
  const names = [
    'queue-card',
    isCurrent && 'is-current',
    isSelected && 'is-selected',
    state.kind !== 'waiting' && `is-${state.kind}`,
  ];
  return (
    <article
      id={cardId(id)}
      className={names.filter((name) => name !== false).join(' ')}
      tabIndex={isEntrance ? 0 : -1}
      aria-posinset={place}
      aria-setsize={-1}
      aria-busy={state.kind === 'sending' || (state.kind === 'waiting' && !item)}
      aria-label={labelOf(entry)}
      style={item ? undefined : { minHeight: height }}
    >
      {state.kind === 'gone' ? <Line entry={entry} /> : item && <Body {...props} item={item} />}
    </article>
  );
});

function labelOf({ item, state }: Entry): string {
  if (state.kind === 'gone') return words.gone;
  return item ? words.commentBy(words.kinds[kindOf(item)], nameOf(item)) : words.list;
}

/** What became of an entry. */
function Line({ entry: { id, state } }: { readonly entry: Entry }) {
  const { undo, queue } = useDesk();
  if (state.kind !== 'gone') return null;
  const { decision, summary } = state;
  const isOwn = decision?.actor != null && decision.actor.author.id === queue.actions.me;
  const what = decision ? (words.decisions[decision.kind] ?? words.decidedSomehow) : words.gone;
  const by = isOwn ? undefined : (decision?.actor?.name ?? words.service);
  return (
    <>
      <p className="queue-line">
        <strong>{decision ? words.decidedBy(what, by) : what}</strong>
        {decision?.reason != null && <span>{moderationTexts.reasons[decision.reason]}</span>}
        <span className="queue-line-text">
          <bdi lang="">{summary.name ?? words.nobody}</bdi>: <bdi lang="">{summary.text}</bdi>
        </span>
      </p>
      {isOwn && (
        <button
          type="button"
          className="link-button"
          aria-keyshortcuts="u"
          data-undo={id}
          onClick={() => undo(decision.id)}
        >
          {words.undo}
        </button>
      )}
    </>
  );
}

function Body({ entry, item, isCurrent, isSelected }: Props & { readonly item: QueueItem }) {
  const { asking, select } = useDesk();
  const { article, since, comment } = item;
  const { id, trouble } = entry;
  const kind = kindOf(item);
  return (
    <>
      <header className="queue-head">
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={words.select(nameOf(item))}
          aria-keyshortcuts="x"
          onClick={(event) => select(id, event.shiftKey)}
          onChange={() => undefined}
        />
        <span className={`queue-kind is-${kind}`}>{words.kinds[kind]}</span>
        {article && (
          <Link className="queue-article" href={addressOf(item) ?? ''}>
            <bdi lang="">{article.title}</bdi>
          </Link>
        )}
        {article && (
          <Link className="queue-only" href={`${paths.moderation}?article=${encodeURIComponent(article.id)}`}>
            {words.onlyArticle}
          </Link>
        )}
        <span className="queue-since">
          <span className="visually-hidden">{words.since} </span>
          <Age time={since} />
        </span>
      </header>
      <QueuePerson item={item} />
      <div className="queue-main">
        <Why item={item} />
        {comment.parent && (
          <blockquote className="queue-parent">
            <p className="queue-label">{words.inReplyTo(comment.parent.author?.name ?? null)}</p>
            <p {...written}>{comment.parent.bodyText}</p>
          </blockquote>
        )}
        <QueueText item={item} />
        <Reports entry={entry} item={item} />
        {trouble !== undefined && (
          // Announced for the entry in hand alone: for another one, the bar says whose comment it is about.
          <p className="queue-trouble" role={isCurrent ? 'alert' : undefined}>
            {trouble}
          </p>
        )}
        {asking?.at === id ? (
          <ReasonForm key={asking.verdict} asking={asking} />
        ) : (
          <Controls entry={entry} item={item} isCurrent={isCurrent} />
        )}
      </div>
    </>
  );
}

/** Why it is in the queue: in words, with the place that was found and the rule that found it. */
function Why({ item }: { readonly item: QueueItem }) {
  const { phase, held, reportCount } = item;
  const { hold } = item;
  const name = hold?.phase ?? phase;
  const why =
    name === null ? (held === null ? words.reportedPublic : words.unknownReason) : words.phases[name];
  return (
    <p className="queue-why">
      <strong>{why}</strong>
      {item.hookState !== null && <span>{words.hook[item.hookState](item.hookDueAt ?? '')}</span>}
      {item.suspicion !== null && <span>{words.suspects(moderationTexts.reasons[item.suspicion])}</span>}
      {hold?.match != null && <mark>{hold.match}</mark>}
      {hold?.rule != null && <span>{ruleInWords(hold.phase, hold.rule)}</span>}
      {reportCount > 0 && <span>{words.reports(reportCount)}</span>}
    </p>
  );
}

function Reports({ entry: { id }, item }: { readonly entry: Entry; readonly item: QueueItem }) {
  const { badFaith, toggleBadFaith } = useDesk();
  const reports = item.reports?.nodes ?? [];
  if (reports.length === 0) return null;
  return (
    <ul className="queue-reports" aria-label={words.reports(reports.length)}>
      {reports.map(
        ({ id: reportId, reason, note, state, reporter, reporterStanding, revision, createdAt }) => (
          <li key={reportId}>
            <p className="facts">
              <span>
                <b>{moderationTexts.reasons[reason]}</b>
              </span>
              <span>
                {reporter ? (
                  <Link {...written} href={paths.moderationPerson(reporter.id)}>
                    {reporter.name}
                  </Link>
                ) : (
                  words.reporter(undefined)
                )}
              </span>
              {reporterStanding && (
                <span>
                  {reporterStanding.isGood ? words.reporterGood : words.reporterPoor},{' '}
                  {words.tally(
                    reporterStanding.upheld,
                    reporterStanding.dismissed + reporterStanding.badFaith,
                  )}
                </span>
              )}
              {revision !== item.revision && item.held !== 'EDIT' && <span>{words.earlierText}</span>}
              {state !== 'OPEN' && <span>{words.states[state]}</span>}
              <span>
                <Age time={createdAt} />
              </span>
            </p>
            {note !== null && (
              <p {...written} className="queue-report-note">
                “{note}”
              </p>
            )}
            {state === 'OPEN' && (
              <label className="queue-bad-faith">
                <input
                  type="checkbox"
                  checked={badFaith[id]?.includes(reportId) === true}
                  onChange={() => toggleBadFaith(id, reportId)}
                />
                {words.badFaith}
              </label>
            )}
          </li>
        ),
      )}
    </ul>
  );
}

interface ControlsProps {
  readonly entry: Entry;
  readonly item: QueueItem;
  readonly isCurrent: boolean;
}

/** Buttons for all that keys do as well. */
function Controls({ entry, item, isCurrent }: ControlsProps) {
  const { queue, rule, claim } = useDesk();
  const now = useNow();
  const { id, state } = entry;
  const { me } = queue.actions;
  const until = item.claimedUntil ?? '';
  const isTaken = isOthers(item, me, now);
  const isOwn = isMine(item, me, now);
  const off = isTaken || state.kind === 'sending';
  const give = (verdict: OwnVerdict) => (event: { readonly detail: number }) => {
    // The second click of a double one would hit the entry that has come to this place.
    if (event.detail < 2 && !off) rule(verdict, [id], id);
  };
  return (
    <div className="queue-controls">
      <button
        type="button"
        className="is-approve"
        aria-disabled={off}
        aria-keyshortcuts="a"
        onClick={give('APPROVE')}
      >
        {item.held === null ? words.keep : words.approve}
        <Key isShown={isCurrent}>a</Key>
      </button>
      {QueueActions.allows(entry, 'REJECT') && (
        <button type="button" aria-disabled={off} aria-keyshortcuts="r" onClick={give('REJECT')}>
          {words.reject}
          <Key isShown={isCurrent}>r</Key>
        </button>
      )}
      <button
        type="button"
        className="is-danger"
        aria-disabled={off}
        aria-keyshortcuts="d"
        onClick={give('REMOVE')}
      >
        {words.remove}
        <Key isShown={isCurrent}>d</Key>
      </button>
      <span className="queue-lesser">
        {!isTaken && (
          <button type="button" className="link-button" aria-keyshortcuts="c" onClick={() => claim([id])}>
            {isOwn ? words.release : words.claim}
          </button>
        )}
        {item.article && (
          <a
            className="link-button"
            href={addressOf(item)}
            target="_blank"
            rel="noopener"
            aria-keyshortcuts="o"
            data-action="open"
          >
            {words.openArticle}
          </a>
        )}
      </span>
      {state.kind === 'sending' && <span className="queue-claim">{words.sending[state.verdict]}</span>}
      {isTaken && (
        <span className="queue-claim is-others">{words.claimedBy(item.claimedBy?.name ?? '', until)}</span>
      )}
      {isOwn && state.kind === 'waiting' && <span className="queue-claim">{words.claimedByYou(until)}</span>}
    </div>
  );
}

function Key({ isShown, children }: { readonly isShown: boolean; readonly children: string }) {
  return (
    <kbd aria-hidden="true" className={isShown ? undefined : 'is-faint'}>
      {children}
    </kbd>
  );
}

import { useFragment, useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { formatDeadline, formatTime } from '../format.ts';
import { type DecisionLineFragment } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { Age } from '../layout/time.tsx';
import { useChange } from '../layout/use-change.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { useViewer } from '../session/reader-context.ts';
import {
  DecisionLineDocument,
  DecisionProgressDocument,
  UndoDecisionDocument,
} from './decision-documents.ts';
import { Actor, actorName, CommentName, PersonName } from './names.tsx';
import { peopleTexts as words } from './people-texts.ts';
import { inWords, Sentence } from './sentence.tsx';
import { moderationTexts } from './texts.ts';

interface Props {
  readonly decision: DecisionLineFragment;
}

/** What a list has to know of a decision. */
export type ListedDecision = Pick<DecisionLineFragment, 'id' | 'kind' | 'undoneAt' | 'commentId'> & {
  readonly person: { readonly id: string } | null;
};

/** A decision as it is now: it may have been undone since it was listed. Undefined: another reader’s cache has it no more. */
export function useDecision(id: string): DecisionLineFragment | undefined {
  const { data, complete } = useFragment({
    fragment: DecisionLineDocument,
    fragmentName: 'DecisionLine',
    from: { __typename: 'ModerationDecision', id },
  });
  return complete ? data : undefined;
}

/** A decision in words. @param props.asObject whether another sentence speaks of it */
export function DecisionSentence({ decision, asObject = false }: Props & { readonly asObject?: boolean }) {
  const { kind, actor, actorKind, person, comment, since, until } = decision;
  return (
    <Sentence
      text={(asObject ? words.decisionNames : words.decisions)[kind]}
      parts={{
        actor: <Actor actor={actor} kind={actorKind} />,
        person: <PersonName person={person} />,
        comment: <CommentName comment={comment} label={words.aComment} />,
        since: since === null ? '' : <time dateTime={since}>{formatDeadline(since)}</time>,
        until: until === null ? '' : <time dateTime={until}>{formatDeadline(until)}</time>,
      }}
    />
  );
}

/** When and why something was decided, and what has become of it. @param props.isAppealed whether the appeal is beside it */
export function DecisionFacts({ decision, isAppealed = false }: Props & { readonly isAppealed?: boolean }) {
  const { decidedAt, reason, kind, until, article, appeal, undoneAt, undoneBy } = decision;
  return (
    <p className="facts">
      <Age time={decidedAt} />
      {reason !== null && <span>{moderationTexts.reasons[reason]}</span>}
      {kind === 'PREMODERATED' && until !== null && <span>{words.untilLine(formatDeadline(until))}</span>}
      {article && (
        <span className="mod-title">
          <Link {...written} href={paths.article(article.slug)}>
            {article.title}
          </Link>
        </span>
      )}
      {appeal && !isAppealed && (
        <span>{appeal.outcome === null ? words.appealed : words.appealOutcomes[appeal.outcome]}</span>
      )}
      {decision.removal && <Removal decision={decision} />}
      {undoneAt !== null && (
        <span className="mod-undone">
          {undoneBy ? (
            <>
              {words.undone} <PersonName person={undoneBy} />
            </>
          ) : (
            words.undoneByErased
          )}
        </span>
      )}
    </p>
  );
}

/** Milliseconds between two looks at a removal that goes on. */
const lookMs = 1_000;

/** How far the removal of what somebody wrote has come. */
function Removal({ decision: { id, removal, undoneAt } }: Props) {
  const isDone = removal?.isDone !== false;
  useQuery(DecisionProgressDocument, {
    variables: { id },
    // What the query brings is in the cache, from which the decision is shown.
    fetchPolicy: 'network-only',
    pollInterval: lookMs,
    skip: isDone,
    skipPollAttempt: () => document.hidden,
  });
  const count = removal?.commentCount ?? 0;
  const text =
    undoneAt !== null
      ? isDone
        ? words.cameBack
        : words.comingBack
      : isDone
        ? words.removed(count)
        : words.removing(count);
  return <span>{text}</span>;
}

interface UndoProps extends Props {
  readonly onUndone?: () => void;
}

/** Undoes a decision. Nothing where the viewer may not, and where it is undone. */
export function Undo({ decision, onUndone }: UndoProps) {
  const [undo] = useMutation(UndoDecisionDocument);
  const viewer = useViewer();
  const { isBusy, trouble, run } = useChange();
  const { id, kind, undoneAt, person, actor, actorKind, since, until } = decision;
  const isOwn = person !== null && person.author.id === viewer?.commentAuthor.id;
  const isAllowed = decision.commentId !== null || person?.viewerCanSanction === true;
  if (undoneAt !== null || isOwn || !isAllowed) return null;

  async function undoDecision() {
    const isDone = await run(async () => {
      const { data } = await undo({ variables: { input: { decisionId: id } } });
      return data?.undoDecision.userErrors;
    });
    if (isDone) onUndone?.();
  }

  const sentence = inWords(words.decisions[kind], {
    actor: actorName(actor, actorKind),
    person: person?.name ?? words.unknownPerson,
    comment: words.aComment,
    since: since === null ? '' : formatTime(since),
    until: until === null ? '' : formatTime(until),
  });
  return (
    <Confirm
      action={words.undo}
      label={words.undoOf(sentence)}
      question={words.undoQuestion}
      keep={words.undoKeep}
      className="link-button"
      isBusy={isBusy}
      trouble={trouble}
      onConfirm={() => void undoDecision()}
    />
  );
}

/** What a decision is about: one is undone before the one before it about the same. */
const subjectOf = ({ id, kind, commentId, person }: ListedDecision): string => {
  if (commentId !== null) return commentId;
  if (kind === 'REMOVED_SINCE') return id;
  return `${kind.startsWith('PREMODERAT') ? 'premoderation' : 'suspension'} ${person?.id ?? ''}`;
};

/** The ids of the decisions that are the last ones about something. @param decisions newest first */
export function lastDecisions(decisions: readonly ListedDecision[]): ReadonlySet<string> {
  const last = new Map<string, string>();
  for (const decision of decisions) {
    const subject = subjectOf(decision);
    if (decision.undoneAt === null && !last.has(subject)) last.set(subject, decision.id);
  }
  return new Set(last.values());
}

/** One decision of a list. */
export function DecisionItem({ id, isLast }: { readonly id: string; readonly isLast: boolean }) {
  const decision = useDecision(id);
  const [isUndone, setUndone] = useState(false);
  if (!decision) return null;
  return (
    <li className="mod-row" data-row data-key={id} tabIndex={-1}>
      <div className="mod-row-text">
        <p>
          <DecisionSentence decision={decision} />
        </p>
        <DecisionFacts decision={decision} />
        {decision.note !== null && (
          <p {...written} className="mod-note">
            {decision.note}
          </p>
        )}
        <p role="status" className="visually-hidden">
          {isUndone ? words.undoneNow : ''}
        </p>
      </div>
      {isLast && <Undo decision={decision} onUndone={() => setUndone(true)} />}
    </li>
  );
}

import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { useRef, useState } from 'react';
import { sanctionTexts } from '../account/sanction-texts.ts';
import { formatDay, formatDeadline } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type DecisionKind, type DecisionNoticeFragment } from '../graphql/generated/graphql.ts';
import { written } from '../layout/written.ts';
import { AppealForm } from './appeal-form.tsx';
import { decisionTexts as words } from './texts.ts';

const DecisionNoticeDocument = graphql(`
  fragment DecisionNotice on DecisionNotice {
    decisionId
    kind
    actorKind
    until
    reason
    note
    decidedAt
    undoneAt
    canAppeal
    appeal {
      text
      appealedAt
      outcome
      answer
    }
  }
`);

/** Decisions against somebody, as long as they stand. */
const isAgainst: ReadonlySet<DecisionKind> = new Set([
  'BANNED',
  'EDIT_REJECTED',
  'PREMODERATED',
  'REJECTED',
  'REMOVED',
  'REMOVED_SINCE',
  'SUSPENDED',
]);

/** What a moderator has decided about the reader or a comment of theirs, and why, with the appeal against it. */
export function DecisionNotice({ from }: { readonly from: FragmentType<DecisionNoticeFragment> }) {
  const { data: decision, complete } = useFragment({ fragment: DecisionNoticeDocument, from });
  if (!complete) return null;
  const { kind, actorKind, until, reason, note, undoneAt, appeal } = decision;
  const byProgram = actorKind === 'PERSON' ? undefined : words.decisionsByProgram[kind];
  return (
    <div className={`decision${undoneAt === null && isAgainst.has(kind) ? ' is-against' : ''}`}>
      <p className="decision-what">{byProgram ?? words.decisions[kind]}</p>
      {until !== null && <p>{sanctionTexts.until(formatDeadline(until))}</p>}
      {reason !== null && <p>{sanctionTexts.reasons[reason]}</p>}
      {note !== null && (
        <p {...written} className="decision-note">
          {words.note(note)}
        </p>
      )}
      {undoneAt !== null && appeal?.outcome !== 'OVERTURNED' && <p>{words.undone}</p>}
      <Appeal decision={decision} />
    </div>
  );
}

/** The appeal in its state, or the button to appeal. */
function Appeal({
  decision: { decisionId, canAppeal, appeal },
}: {
  readonly decision: DecisionNoticeFragment;
}) {
  const [isOpen, setOpen] = useState(false);
  const state = useRef<HTMLParagraphElement>(null);
  const opener = useRef<HTMLButtonElement>(null);
  if (appeal) {
    const { outcome, appealedAt, answer, text } = appeal;
    return (
      <>
        <p ref={state} tabIndex={-1} role="status">
          {outcome === null ? words.appealOpen(formatDay(appealedAt)) : words.appealOutcomes[outcome]}
        </p>
        {answer !== null && (
          <p {...written} className="decision-note">
            {words.answer(answer)}
          </p>
        )}
        <details>
          <summary>{words.appealText}</summary>
          <p {...written} className="decision-note">
            {text}
          </p>
        </details>
      </>
    );
  }
  if (!canAppeal) return null;
  if (isOpen)
    return (
      <AppealForm
        decisionId={decisionId}
        // The text in place of the form is rendered by then.
        onSent={() => setTimeout(() => state.current?.focus({ preventScroll: true }))}
        onCancel={() => {
          setOpen(false);
          setTimeout(() => opener.current?.focus());
        }}
      />
    );
  return (
    <button type="button" className="decision-appeal" ref={opener} onClick={() => setOpen(true)}>
      {words.appeal}
    </button>
  );
}

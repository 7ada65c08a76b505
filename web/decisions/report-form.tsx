import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { messageOf } from '../graphql/error-message.ts';
import { focusInPlace, showAll } from '../layout/focus.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { texts } from '../texts.ts';
import { ReportComment, ReportState } from './documents.ts';
import { ReasonForm } from './reason-form.tsx';
import { decisionTexts as words } from './texts.ts';

interface Props {
  readonly commentId: string;
  readonly onClose: () => void;
}

/** Reports a comment to the moderators, once: whether the reader has done so is asked when the form opens. */
export default function ReportForm({ commentId, onClose }: Props) {
  const { data, error, refetch } = useQuery(ReportState, {
    variables: { commentId },
    fetchPolicy: 'network-only',
  });
  const [report] = useMutation(ReportComment);
  const [isDone, setDone] = useState(false);
  if (isDone) return <Outcome message={words.reported} onClose={onClose} />;
  if (error)
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  if (!data) return <Loading />;
  if (data.comment?.viewerHasReported === true)
    return <Outcome message={words.reportedBefore} onClose={onClose} />;
  if (data.comment?.viewerCanReport !== true)
    return <Outcome message={words.notReportable} onClose={onClose} />;
  return (
    <ReasonForm
      legend={words.reportLegend}
      noteLabel={words.reportNote}
      noteHint={words.reportNoteHint}
      action={words.report}
      pending={words.reporting}
      onCancel={onClose}
      send={async ({ reason, note }) => {
        const answer = await report({ variables: { input: { commentId, reason, note: note ?? null } } });
        const faults = answer.data?.reportComment.userErrors ?? [];
        if (faults.length === 0) setDone(true);
        return faults;
      }}
    />
  );
}

/** Takes the place of the form, and its focus. */
function Outcome({ message, onClose }: { readonly message: string; readonly onClose: () => void }) {
  return (
    <div className="outcome" ref={showAll}>
      <p role="status" tabIndex={-1} ref={focusInPlace}>
        {message}
      </p>
      <button type="button" className="link-button" onClick={onClose}>
        {words.close}
      </button>
    </div>
  );
}

import { useDiscussion } from './discussion-context.ts';
import { texts } from '../texts.ts';
import { RemoveForReason } from '../decisions/documents.ts';
import { ReasonForm } from '../decisions/reason-form.tsx';
import { removedPart } from './removed-part.ts';
import { decisionTexts as words } from '../decisions/texts.ts';

interface Props {
  readonly commentId: string;
  readonly authorName: string | null;
  readonly onClose: () => void;
}

/** The fields of the mutation by those of the form. */
const fields: Readonly<Record<string, string>> = { reasonCode: 'reason', reason: 'note' };

/** Removes a comment of somebody else for a reason, as one decision, which can be undone in the comment's place. */
export default function RemovalForm({ commentId, authorName, onClose }: Props) {
  const discussion = useDiscussion();
  const { removals } = discussion;
  return (
    <ReasonForm
      legend={words.removeLegend}
      noteLabel={words.removeNote}
      noteHint={words.removeNoteHint}
      action={texts.remove}
      pending={words.removing}
      isDangerous
      onCancel={onClose}
      send={async ({ reason, note }) => {
        await removedPart.begin();
        // Before the event of the removal, which would take the row out.
        removals.set(commentId, { decisionId: undefined, authorName });
        try {
          const input = { commentId, reasonCode: reason, reason: note ?? null };
          const { data } = await discussion.mutate(RemoveForReason, { input });
          const { decision, userErrors = [] } = data?.removeComment ?? {};
          if (decision) removals.set(commentId, { decisionId: decision.id, authorName });
          else removals.delete(commentId);
          return userErrors.map((fault) => ({
            ...fault,
            field: fault.field?.map((name) => fields[name] ?? name) ?? null,
          }));
        } catch (error) {
          removals.delete(commentId);
          throw error;
        }
      }}
    />
  );
}

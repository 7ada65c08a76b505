import { useQuery } from '@apollo/client/react';
import { type ReactNode, useState } from 'react';
import { Loading, Trouble } from '../layout/messages.tsx';
import { type CommentSourceQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { Composer } from './composer.tsx';
import { useDiscussion } from './discussion-context.ts';
import { CommentSource, EditComment } from './documents.ts';
import { SuspendedMeanwhile } from './suspended-meanwhile.tsx';

type Source = NonNullable<CommentSourceQuery['comment']>;

/** Roles that decide on texts, and whose own edits need no approval. */
const moderators: ReadonlySet<string> = new Set(['MODERATOR', 'EDITOR', 'ADMINISTRATOR']);

/** Whether an edit waits for a moderator while readers see the old text. */
const isHeld = ({ viewer, comment }: CommentSourceQuery): boolean =>
  comment?.status === 'PUBLISHED' &&
  comment.article.commentPolicy !== 'OPEN' &&
  viewer?.roles.some((role) => moderators.has(role)) === false;

/** The author's latest text, even if readers do not see it. */
const sourceOf = ({ revision, viewerBodyMarkdown, viewerHeldEdit }: Source) => ({
  revision: viewerHeldEdit?.revision ?? revision,
  text: viewerHeldEdit?.viewerBodyMarkdown ?? viewerBodyMarkdown,
});

/**
 * Edits a comment, based on the revision that was read: if the text changed elsewhere meanwhile, the editor shows a
 * message.
 */
export function CommentEditor({
  commentId,
  onDone,
}: {
  readonly commentId: string;
  readonly onDone: () => void;
}) {
  const { data, error, refetch } = useQuery(CommentSource, {
    variables: { commentId },
    fetchPolicy: 'network-only',
  });
  const discussion = useDiscussion();
  const [trouble, setTrouble] = useState<ReactNode>();
  const source = data?.comment && sourceOf(data.comment);
  if (error)
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  if (source?.text == null) return <Loading />;
  return (
    <Composer
      // A draft belongs to the revision that it started from: on another one, it would undo the changes in between.
      draft={[discussion.viewerId, 'edit', commentId, String(source.revision)]}
      initial={source.text}
      label={texts.editComment}
      action={texts.save}
      trouble={trouble}
      hint={data && isHeld(data) ? texts.heldEditHint : undefined}
      onCancel={onDone}
      onSend={async (body) => {
        try {
          const input = { commentId, body, expectedRevision: source.revision };
          const { data } = await discussion.mutate(EditComment, { input });
          const refused = data?.editComment.userErrors[0];
          if (refused?.code === 'STALE_REVISION') {
            const now = await refetch();
            const { comment } = now.data ?? {};
            setTrouble(texts.staleComment((comment && sourceOf(comment).text) ?? ''));
          } else if (refused?.suspension) setTrouble(<SuspendedMeanwhile suspension={refused.suspension} />);
          else setTrouble(refused?.message);
          if (refused) return false;
          onDone();
          return true;
        } catch (failure) {
          setTrouble(messageOf(failure) ?? texts.unreachable);
          return false;
        }
      }}
    />
  );
}

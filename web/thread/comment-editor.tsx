import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Loading, Trouble } from '../layout/messages.tsx';
import { type CommentSourceQuery } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { texts } from '../texts.ts';
import { Composer } from './composer.tsx';
import { useDiscussion } from './discussion-context.ts';
import { CommentSource, EditComment } from './documents.ts';

type Source = NonNullable<CommentSourceQuery['comment']>;

/** Whoever has one of these decides on texts, and waits for nobody. */
const moderators: ReadonlySet<string> = new Set(['MODERATOR', 'EDITOR', 'ADMINISTRATOR']);

/** Whether a new text waits for a moderator while readers see the old one. */
const isHeld = ({ viewer, comment }: CommentSourceQuery): boolean =>
  comment?.status === 'PUBLISHED' &&
  comment.article.commentPolicy !== 'OPEN' &&
  viewer?.roles.some((role) => moderators.has(role)) === false;

/** The text that its author wrote last, be it one that readers are not shown. */
const sourceOf = ({ revision, viewerBodyMarkdown, viewerHeldEdit }: Source) => ({
  revision: viewerHeldEdit?.revision ?? revision,
  text: viewerHeldEdit?.viewerBodyMarkdown ?? viewerBodyMarkdown,
});

/** Gives a comment a new text, made from the one that was read: if it changed elsewhere meanwhile, it says so. */
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
  const [trouble, setTrouble] = useState<string>();
  const source = data?.comment && sourceOf(data.comment);
  if (error)
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  if (source?.text == null) return <Loading />;
  return (
    <Composer
      // A draft is of the text that it was made from: with another one it would undo what was changed meanwhile.
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
          } else setTrouble(refused?.message);
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

import { useMutation, useQuery } from '@apollo/client/react';
import { messageOf } from '../graphql/error-message.ts';
import { Trouble } from '../layout/messages.tsx';
import { texts } from '../texts.ts';
import {
  MuteArticle,
  MuteAuthor,
  MutesOfArticle,
  MutesOfComment,
  MuteThread,
  UnmuteArticle,
  UnmuteAuthor,
  UnmuteThread,
} from './documents.ts';
import { muteTexts as words } from './texts.ts';
import { useChange } from '../layout/use-change.ts';

interface Props {
  /** What the menu belongs to. */
  readonly of: { readonly slug: string } | { readonly commentId: string };
}

/** The buttons that mute an article, or the thread of a comment and its author. */
export default function MuteChoices({ of }: Props) {
  return 'slug' in of ? <ArticleChoices slug={of.slug} /> : <CommentChoices commentId={of.commentId} />;
}

function ArticleChoices({ slug }: { readonly slug: string }) {
  const { data, error, refetch } = useQuery(MutesOfArticle, {
    variables: { slug },
    fetchPolicy: 'network-only',
  });
  const [mute] = useMutation(MuteArticle);
  const [unmute] = useMutation(UnmuteArticle);
  const article = data?.article;
  if (!article) return <Unknown error={error} onRetry={() => void refetch()} />;
  const { id, viewerHasMuted: isMuted } = article;
  return (
    <Choices
      onDone={() => refetch()}
      items={[
        {
          key: 'article',
          label: isMuted ? words.unmuteArticle : words.muteArticle,
          isMuted,
          change: async () =>
            (await (isMuted ? unmute : mute)({ variables: { id } })).data?.change.userErrors.map(asFault),
        },
      ]}
    />
  );
}

function CommentChoices({ commentId }: { readonly commentId: string }) {
  const { data, error, refetch } = useQuery(MutesOfComment, {
    variables: { id: commentId },
    fetchPolicy: 'network-only',
  });
  const [mute] = useMutation(MuteThread);
  const [unmute] = useMutation(UnmuteThread);
  const [muteAuthor] = useMutation(MuteAuthor);
  const [unmuteAuthor] = useMutation(UnmuteAuthor);
  const comment = data?.comment;
  if (!comment) return <Unknown error={error} onRetry={() => void refetch()} />;
  const { id, author, viewerHasMutedThread: isMuted } = comment;
  return (
    <Choices
      onDone={() => refetch()}
      items={[
        {
          key: 'thread',
          label: isMuted ? words.unmuteThread : words.muteThread,
          isMuted,
          change: async () =>
            (await (isMuted ? unmute : mute)({ variables: { id } })).data?.change.userErrors.map(asFault),
        },
        // Only accounts have a page, and can be muted.
        ...(author?.permalink != null && author.id !== data.viewer?.commentAuthor.id
          ? [
              {
                key: 'author',
                label: author.viewerHasMuted
                  ? words.unmuteAuthor(author.name)
                  : words.muteAuthor(author.name),
                isMuted: author.viewerHasMuted,
                change: async () =>
                  (
                    await (author.viewerHasMuted ? unmuteAuthor : muteAuthor)({
                      variables: { id: author.id },
                    })
                  ).data?.change.userErrors.map(asFault),
              },
            ]
          : []),
      ]}
    />
  );
}

const asFault = ({ message }: { readonly message: string }) => ({ message, field: null });

interface Choice {
  readonly key: string;
  readonly label: string;
  readonly isMuted: boolean;
  readonly change: () => Promise<readonly { message: string; field: null }[] | undefined>;
}

function Choices({
  items,
  onDone,
}: {
  readonly items: readonly Choice[];
  readonly onDone: () => Promise<unknown>;
}) {
  const { isBusy, trouble, run } = useChange();
  return (
    <div className="mute-choices">
      {items.map(({ key, label, change }) => (
        <button
          key={key}
          type="button"
          aria-disabled={isBusy}
          onClick={() =>
            void run(async () => {
              const faults = await change();
              await onDone();
              return faults;
            })
          }
        >
          {label}
        </button>
      ))}
      <p className="hint">{words.hint}</p>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

function Unknown({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  if (error === undefined) return null;
  return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={onRetry} />;
}

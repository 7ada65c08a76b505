/** @jsxImportSource preact */
import { useMemo, useState } from 'preact/hooks';
import { written } from '../layout/written.ts';
import { Composer } from './composer.tsx';
import { useView } from './context.ts';
import { Face } from './face.tsx';
import { safeHtml } from './safe-html.ts';
import { ServiceError } from './service.ts';
import { type Comment } from './types.ts';
import { useNow } from './use-now.ts';

/** Depth below which a reply names the comment that it answers, instead of standing further in. */
const deepest = 4;

/** One comment with its actions; without what is below it. */
export function Card({ comment }: { readonly comment: Comment }) {
  const { words, fresh } = useView();
  const now = useNow();
  const { id, author, depth, parent } = comment;
  const name = author?.name ?? words.say('nobody');
  const body = useMemo(() => ({ __html: safeHtml(comment.bodyHtml ?? '') }), [comment.bodyHtml]);
  if (comment.status === 'REMOVED')
    return (
      <article class="comment" id={`comment-${id}`} tabIndex={-1}>
        <p class="gone">{words.say('removed')}</p>
      </article>
    );
  const { short, full } = words.time(comment.createdAt, now);
  return (
    <article
      class={fresh.has(id) ? 'comment fresh' : 'comment'}
      id={`comment-${id}`}
      tabIndex={-1}
      aria-label={name}
    >
      <Face name={name} picture={author?.avatarUrl ?? null} isSmall={depth > 0} />
      <div class="main-part">
        <div class="who">
          {author?.permalink == null ? (
            <span {...written} class="name">
              {name}
            </span>
          ) : (
            <a {...written} class="name" href={author.permalink}>
              {name}
            </a>
          )}
          {comment.authorBadges.map((badge) => (
            <span key={badge} class="badge">
              {words.badge(badge)}
            </span>
          ))}
          {author?.sharesNameWithJournalist && <span class="badge warn">{words.say('impostor')}</span>}
          <span class="meta">
            <a href={comment.permalink} title={full}>
              <time dateTime={comment.createdAt}>{short}</time>
            </a>
            {comment.editedAt !== null && (
              <span title={words.time(comment.editedAt, now).full}> · {words.say('edited')}</span>
            )}
            {depth >= deepest && parent?.author && (
              <span> · {words.say('inReplyTo', parent.author.name)}</span>
            )}
          </span>
          {comment.status !== 'PUBLISHED' && (
            <span class="state">{words.say(comment.status === 'PENDING' ? 'pending' : 'rejected')}</span>
          )}
        </div>
        <div class="body" lang="" dangerouslySetInnerHTML={body} />
        <Actions comment={comment} name={name} />
      </div>
    </article>
  );
}

type Open = 'reply' | 'remove' | undefined;

function Actions({ comment, name }: { readonly comment: Comment; readonly name: string }) {
  const { thread, words, announce } = useView();
  const [open, setOpen] = useState<Open>();
  const [fault, setFault] = useState<string>();
  const { id } = comment;
  const likes = comment.reactions.find(({ kind }) => kind === 'LIKE')?.count ?? 0;
  const isLiked = comment.viewerReactions.includes('LIKE');

  async function attempt(work: () => Promise<unknown>) {
    setFault(undefined);
    try {
      await work();
    } catch (error) {
      const { code, message } = error instanceof ServiceError ? error : { code: '', message: '' };
      setFault(words.error(code, code === 'UNREACHABLE' ? '' : message, words.say('unreachable')));
    }
  }

  return (
    <>
      <div class="acts">
        {(likes > 0 || comment.viewerCanReact) && (
          <button
            type="button"
            class="act"
            aria-pressed={isLiked}
            aria-label={`${words.say('like')}: ${words.count('likes', likes)}`}
            disabled={!comment.viewerCanReact && !isLiked}
            onClick={() => void attempt(() => thread.react(id, 'LIKE', !isLiked))}
          >
            <svg viewBox="0 0 24 24" aria-hidden="true">
              <path d="M12 20.5 4.4 13a4.9 4.9 0 0 1 6.9-7l.7.7.7-.7a4.9 4.9 0 0 1 6.9 7z" />
            </svg>
            {likes > 0 ? words.number(likes) : words.say('like')}
          </button>
        )}
        {thread.canReply(comment) && (
          <button
            type="button"
            class="act"
            aria-expanded={open === 'reply'}
            onClick={() => setOpen(open === 'reply' ? undefined : 'reply')}
          >
            {words.say('reply')}
          </button>
        )}
        {comment.viewerCanRemove && (
          <button
            type="button"
            class="act"
            aria-expanded={open === 'remove'}
            onClick={() => setOpen(open === 'remove' ? undefined : 'remove')}
          >
            {words.say('remove')}
          </button>
        )}
      </div>
      {open === 'remove' && (
        <div class="acts" role="group" aria-label={words.say('removeSure')}>
          <span class="note">{words.say('removeSure')}</span>
          <button
            type="button"
            class="button quiet"
            onClick={() =>
              void attempt(async () => {
                await thread.remove(id);
                announce(words.say('saidRemoved'));
              })
            }
          >
            {words.say('remove')}
          </button>
          <button type="button" class="button quiet" onClick={() => setOpen(undefined)}>
            {words.say('cancel')}
          </button>
        </div>
      )}
      {fault !== undefined && (
        <p class="fault" role="alert">
          {fault}
        </p>
      )}
      {open === 'reply' && (
        <div class="reply-box">
          <Composer parent={{ id, name }} onDone={() => setOpen(undefined)} />
        </div>
      )}
    </>
  );
}

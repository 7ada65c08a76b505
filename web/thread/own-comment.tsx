import { useState } from 'react';
import { keepFocusNear } from '../layout/focus.ts';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';
import { useViewer } from '../session/reader-context.ts';
import { Age } from '../layout/time.tsx';
import { useSecondsUntil } from '../layout/use-seconds-until.ts';
import { Composer } from './composer.tsx';
import { Portrait } from '../layout/portrait.tsx';
import { useDiscussion } from './discussion-context.ts';
import { SuspendedMeanwhile } from './suspended-meanwhile.tsx';
import { type Outgoing } from './outbox.ts';

/** A comment by the reader that the service has not acknowledged, shown as its source text. */
export function OwnComment({ item }: { readonly item: Outgoing }) {
  const discussion = useDiscussion();
  const viewer = useViewer();
  const [isEditing, setEditing] = useState(false);
  const name = viewer?.commentAuthor.name ?? '';
  const isFailed = item.state === 'failed';
  const left = useSecondsUntil(isFailed ? item.retryAt : undefined);
  return (
    <article className="comment is-own" aria-label={texts.ownComment} tabIndex={-1}>
      <header className="comment-head">
        <Portrait name={name} photoUrl={viewer?.commentAuthor.avatarUrl ?? null} size={24} />
        <span className="comment-author">
          <bdi lang="">{name}</bdi>
        </span>
        <span className="comment-time">
          <Age time={item.at} />
        </span>
        {!isFailed && <span className="comment-mark">{texts.sending}</span>}
      </header>
      {!isEditing && (
        <p {...written} className="comment-body is-source">
          {item.body}
        </p>
      )}
      {isEditing && (
        <Composer
          draft={[item.viewerId, 'own', item.key]}
          initial={item.body}
          label={texts.yourComment}
          action={texts.sendComment}
          onCancel={() => setEditing(false)}
          onSend={(body) => {
            discussion.post(body, item.parentId);
            discussion.posting?.forget(item.key);
          }}
        />
      )}
      {isFailed && !isEditing && (
        <div className="own-trouble" role="alert">
          {item.suspension ? (
            <SuspendedMeanwhile suspension={item.suspension} />
          ) : (
            <p>
              {item.retryAt === undefined
                ? (item.message ?? texts.notSent)
                : texts.slowUntil(item.retryAt, left)}
            </p>
          )}
          {(item.isRefused !== true || item.retryAt !== undefined) && (
            <button
              type="button"
              className="button-primary"
              aria-disabled={left > 0}
              onClick={() => left <= 0 && discussion.posting?.retry(item.key)}
            >
              {item.retryAt === undefined ? texts.tryAgain : texts.send}
            </button>
          )}
          {/* A refused comment was not stored: an edited text is sent as another comment. */}
          {item.isRefused === true && (
            <button
              type="button"
              className={item.retryAt === undefined ? 'button-primary' : undefined}
              onClick={() => setEditing(true)}
            >
              {texts.edit}
            </button>
          )}
          <button
            type="button"
            onClick={({ currentTarget }) => {
              keepFocusNear(currentTarget);
              discussion.posting?.forget(item.key);
            }}
          >
            {texts.discard}
          </button>
          {/* The alert names the time once; nobody has every second read out. */}
          {left > 0 && (
            <span className="own-wait" aria-hidden="true">
              {texts.countdown(left)}
            </span>
          )}
        </div>
      )}
    </article>
  );
}

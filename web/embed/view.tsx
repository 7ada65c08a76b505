/** @jsxImportSource preact */
import { useState } from 'preact/hooks';
import { Card } from './card.tsx';
import { Composer } from './composer.tsx';
import { useView, type View, ViewContext } from './context.ts';
import { type CommentOrder, type Suspension } from './types.ts';
import { useNow } from './use-now.ts';

interface Props {
  readonly view: View;
  readonly said: string;
  readonly direction: 'ltr' | 'rtl';
  /** Whether the height that the content may have is kept for it. */
  readonly isReserving: boolean;
}

/** The whole content of an element. */
export function ThreadView({ view, said, direction, isReserving }: Props) {
  const { thread, words } = view;
  return (
    <ViewContext.Provider value={view}>
      <div class="apart">
        <div>
          <section class="root" part="root" dir={direction} aria-label={words.say('title')}>
            <div class={isReserving ? 'rows reserving' : 'rows'}>
              {thread.status === 'ready' ? <Ready /> : <Notice />}
            </div>
            <div class="hidden" aria-live="polite">
              {said}
            </div>
          </section>
        </div>
      </div>
    </ViewContext.Provider>
  );
}

/** What is said instead of a thread. */
function Notice() {
  const { thread, words } = useView();
  const { status, fault } = thread;
  if (status === 'loading') return <p class="note">{words.say('loading')}</p>;
  if (status === 'unknown' || status === 'unpublished')
    return (
      <div class="panel">
        <p class="note">{words.say(status)}</p>
      </div>
    );
  const code = fault?.code ?? '';
  return (
    <div class="panel" role="alert">
      <p class="note">
        {words.error(code, code === 'UNREACHABLE' ? '' : (fault?.message ?? ''), words.say('unreachable'))}
      </p>
      <button type="button" class="button quiet" onClick={() => void thread.load()}>
        {words.say('retry')}
      </button>
    </div>
  );
}

function Ready() {
  const { thread, words } = useView();
  const { waiting, roots, article } = thread;
  return (
    <>
      <Head />
      {thread.fault && <p class="fault">{words.say('stale')}</p>}
      <Writing />
      {waiting.length > 0 && (
        <button type="button" class="button main news" onClick={() => thread.showWaiting()}>
          {words.count('newComments', waiting.length)}
        </button>
      )}
      {roots.length === 0 && article?.commentPolicy !== 'CLOSED' && <p class="note">{words.say('empty')}</p>}
      <ol class="list" part="list">
        {roots.map((id) => (
          <BranchItem key={id} rootId={id} />
        ))}
      </ol>
      {thread.hasMore && <More label={words.say('more')} load={() => thread.more()} isWide />}
      <Foot />
    </>
  );
}

const orders = ['NEWEST', 'OLDEST', 'TOP'] as const;

function Head() {
  const { thread, words, setOrder } = useView();
  const isLive = thread.live === 'live';
  return (
    <header class="head">
      <h2 class="title" part="title">
        {words.count('count', thread.article?.commentCount ?? 0)}
      </h2>
      {thread.article && (
        <span class={isLive ? 'mark on' : 'mark'}>
          <span class="fixed">
            <span>{words.say(isLive ? 'live' : 'connecting')}</span>
            <span class="spare" data-text={words.say('live')} />
            <span class="spare" data-text={words.say('connecting')} />
          </span>
        </span>
      )}
      <select
        class="select"
        aria-label={words.say('order')}
        value={thread.order}
        onChange={({ currentTarget }) => setOrder(currentTarget.value as CommentOrder)}
      >
        {orders.map((each) => (
          <option key={each} value={each}>
            {words.say(each === 'NEWEST' ? 'newest' : each === 'OLDEST' ? 'oldest' : 'top')}
          </option>
        ))}
      </select>
    </header>
  );
}

/** The form for a comment, or why there is none. */
function Writing() {
  const { thread, words } = useView();
  const { article, viewer } = thread;
  if (article?.commentPolicy === 'CLOSED')
    return (
      <div class="panel">
        <p class="note">{words.say('closed')}</p>
      </div>
    );
  if (!viewer) return <SignIn />;
  if (viewer.isSuspended) return <Suspended suspension={viewer.suspension} />;
  if (viewer.mustConfirmEmail)
    return (
      <div class="panel">
        <p class="note">{words.say('mustConfirm')}</p>
      </div>
    );
  return (
    <div>
      {(article?.viewerCanComment ?? true) && <Composer />}
      {article?.commentPolicy === 'PREMODERATED' && <p class="note">{words.say('premoderated')}</p>}
    </div>
  );
}

/** Why a suspended account may not write, and until when. */
function Suspended({ suspension }: { readonly suspension: Suspension | null }) {
  const { words } = useView();
  const now = useNow();
  const { until = null, reason = null, note = null } = suspension ?? {};
  const why = reason === null ? undefined : words.reason(reason);
  return (
    <div class="panel">
      <div class="note">
        <p>
          {until === null ? words.say('suspended') : words.say('suspendedUntil', words.time(until, now).full)}
        </p>
        {why !== undefined && <p>{why}</p>}
        {note !== null && <p>{words.say('reasonNote', note)}</p>}
      </div>
    </div>
  );
}

function SignIn() {
  const { login, words, signIn } = useView();
  const [state, setState] = useState<'open' | 'closed'>();
  const failed = login.refusal === undefined ? undefined : `${words.say('signInFailed')} ${login.refusal}`;
  const said = login.isOutdated
    ? words.say('outdated')
    : (failed ??
      words.say(
        state === 'open'
          ? 'signingIn'
          : state === 'closed'
            ? 'popupBlocked'
            : signIn.kind === 'host'
              ? 'hostSignIn'
              : 'signInPrompt',
      ));
  return (
    <div class="panel" part="sign-in">
      <p class="note" role="status">
        {said}
      </p>
      {signIn.kind === 'link' && (
        <a class="button main" href={signIn.address}>
          {words.say('signIn')}
        </a>
      )}
      {signIn.kind === 'popup' && (
        <button
          type="button"
          class="button main"
          onClick={() => {
            setState('open');
            void login.openPopup().then(() => setState('closed'));
          }}
        >
          {words.say('signIn')}
        </button>
      )}
    </div>
  );
}

/** A comment of the first level with what is below it: one list in reading order, whose items stand in by their depth. */
function BranchItem({ rootId }: { readonly rootId: string }) {
  const { thread, words } = useView();
  const root = thread.comments.get(rootId);
  const branch = thread.branches.get(rootId);
  if (!root) return null;
  const hidden = thread.hiddenReplies(rootId);
  const below = (branch?.ids ?? []).flatMap((id) => thread.comments.get(id) ?? []);
  return (
    <li>
      <Card comment={root} />
      {(below.length > 0 || hidden > 0) && (
        <ol class="replies">
          {below.map((comment) => (
            <li key={comment.id} class={`l${Math.min(comment.depth, 4)}`}>
              <Card comment={comment} />
            </li>
          ))}
          {hidden > 0 && (
            <li class="l1">
              <More label={words.count('moreReplies', hidden)} load={() => thread.moreReplies(rootId)} />
            </li>
          )}
        </ol>
      )}
    </li>
  );
}

interface MoreProps {
  readonly label: string;
  readonly load: () => Promise<void>;
  readonly isWide?: boolean;
}

function More({ label, load, isWide = false }: MoreProps) {
  const { words } = useView();
  const [state, setState] = useState<'loading' | 'failed'>();
  return (
    <>
      <button
        type="button"
        class={isWide ? 'button quiet wide' : 'act'}
        disabled={state === 'loading'}
        onClick={() => {
          setState('loading');
          load().then(
            () => setState(undefined),
            () => setState('failed'),
          );
        }}
      >
        {label}
      </button>
      {state === 'failed' && (
        <p class="fault" role="alert">
          {words.say('unreachable')}
        </p>
      )}
    </>
  );
}

function Foot() {
  const { thread, login, words } = useView();
  return (
    <footer class="foot">
      {thread.viewer ? (
        <span>
          {words.say('signedInAs', thread.viewer.name)}
          {!login.isByHost && (
            <>
              {' · '}
              <button type="button" class="act" onClick={() => void login.signOut()}>
                {words.say('signOut')}
              </button>
            </>
          )}
        </span>
      ) : (
        <span />
      )}
      <span>{words.say('poweredBy')}</span>
    </footer>
  );
}

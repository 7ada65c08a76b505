import { useMutation, useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { Link } from 'wouter';
import { isolated } from '../../src/platform/text/direction.ts';
import {
  type MailFrequency,
  type NotificationChoicesQuery,
  type NotificationKind,
} from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import {
  NotificationChoices as Choices,
  SetMailPreferences,
  UnmuteArticle,
  UnmuteAuthor,
  UnmuteThread,
} from '../mute/documents.ts';
import { kindNames, kinds } from '../mute/notification-kinds.ts';
import { muteTexts as words } from '../mute/texts.ts';
import { useChange } from '../layout/use-change.ts';
import { commentHash, paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { Section } from './section.tsx';

type Viewer = NonNullable<NotificationChoicesQuery['viewer']>;

/** Which notifications come by mail, and what the reader has muted. */
export function NotificationChoices() {
  const { data, error, refetch } = useQuery(Choices, { fetchPolicy: 'network-only' });
  const viewer = data?.viewer;
  return (
    <Section id="notifications" title={words.title}>
      {!viewer &&
        (error ? (
          <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />
        ) : (
          <Loading />
        ))}
      {viewer?.mailPreferences && <Mails preferences={viewer.mailPreferences} />}
      {viewer && <Muted viewer={viewer} onDone={() => refetch()} />}
    </Section>
  );
}

function Mails({ preferences }: { readonly preferences: NonNullable<Viewer['mailPreferences']> }) {
  const [set] = useMutation(SetMailPreferences);
  const { isBusy, trouble, run } = useChange();
  const [chosen, setChosen] = useState(new Map(preferences.map(({ kind, frequency }) => [kind, frequency])));
  const [isSaved, setSaved] = useState(false);
  const choose = async (kind: NotificationKind, frequency: MailFrequency) => {
    setSaved(false);
    const isDone = await run(async () => {
      const { data } = await set({ variables: { preferences: [{ kind, frequency }] } });
      return data?.change.userErrors.map(({ message }) => ({ message, field: null }));
    });
    if (isDone) setChosen(new Map(chosen).set(kind, frequency));
    setSaved(isDone);
  };
  return (
    <div className="mail-choices">
      <h3>{words.mails}</h3>
      <p className="hint">{words.mailsHint}</p>
      {kindNames.map((kind) => (
        <label key={kind} className="mail-choice">
          <span>{kinds[kind].title}</span>
          <select
            value={chosen.get(kind)}
            aria-disabled={isBusy}
            onChange={({ target }) => void choose(kind, target.value as MailFrequency)}
          >
            {Object.entries(words.frequencies).map(([frequency, label]) => (
              <option key={frequency} value={frequency}>
                {label}
              </option>
            ))}
          </select>
        </label>
      ))}
      {/* Without the focus, which is on a choice. */}
      <p className="hint" role="status">
        {isSaved && words.saved}
      </p>
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
    </div>
  );
}

function Muted({
  viewer: { mutedAuthors, mutedArticles, mutedThreads },
  onDone,
}: {
  readonly viewer: Viewer;
  readonly onDone: () => Promise<unknown>;
}) {
  const [unmuteAuthor] = useMutation(UnmuteAuthor);
  const [unmuteArticle] = useMutation(UnmuteArticle);
  const [unmuteThread] = useMutation(UnmuteThread);
  const { isBusy, trouble, run } = useChange();
  const items = [
    ...mutedAuthors.map(({ id, name }) => ({
      id,
      kind: words.person,
      name: isolated(name),
      href: undefined,
      end: unmuteAuthor,
    })),
    ...mutedArticles.map(({ id, slug, title }) => ({
      id,
      kind: words.article,
      name: isolated(title),
      href: paths.article(slug),
      end: unmuteArticle,
    })),
    ...mutedThreads.map(({ id, author, article }) => ({
      id,
      kind: words.thread,
      name: words.threadBy(author?.name ?? null, article.title),
      href: paths.article(article.slug) + commentHash(id),
      end: unmuteThread,
    })),
  ];
  return (
    <div className="mutes">
      <h3>{words.muted}</h3>
      {items.length === 0 && <p className="hint">{words.nothingMuted}</p>}
      {trouble !== undefined && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      <ul className="account-sessions">
        {items.map(({ id, kind, name, href, end }) => (
          <li key={id} className="account-session">
            <p>
              <span className="badge">{kind}</span>{' '}
              {href === undefined ? name : <Link href={href}>{name}</Link>}
            </p>
            <button
              type="button"
              aria-label={words.unmuteOf(name)}
              aria-disabled={isBusy}
              onClick={() =>
                void run(async () => {
                  const { data } = await end({ variables: { id } });
                  await onDone();
                  return data?.change.userErrors.map(({ message }) => ({ message, field: null }));
                })
              }
            >
              {words.unmute}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

import './people.css';
import { useApolloClient, useMutation } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { useSearchParams } from 'wouter';
import { Notice } from '../account/notice.tsx';
import { type WordListQuery } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { Field } from '../layout/field.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { useChange } from '../layout/use-change.ts';
import { usePages } from '../layout/use-pages.ts';
import { written } from '../layout/written.ts';
import { NewWords } from './new-words.tsx';
import { useRowKeys } from './row-keys.ts';
import { moderationTexts } from './texts.ts';
import { RemoveWords, WordListDocument } from './word-documents.ts';
import { wordTexts as words } from './words-texts.ts';

type Word = NonNullable<WordListQuery['moderationWords']>['nodes'][number];

/** Milliseconds after the last key before a word is looked for. */
const pauseMs = 250;

/** The words for which comments wait or are refused. */
export default function WordsPage() {
  useRowKeys();
  const [parameters, setParameters] = useSearchParams();
  const text = (parameters.get('text') ?? '').trim();
  const [changes, setChanges] = useState(0);
  // What is being typed stays when something else changes.
  const [additions, setAdditions] = useState(0);
  const [said, setSaid] = useState<{ readonly text: string; readonly turn: number }>();
  const change = (now: string) => {
    setChanges((before) => before + 1);
    setSaid({ text: now, turn: changes + 1 });
  };
  return (
    <>
      <PageHead title={moderationTexts.words} />
      <div className="mod-head">
        <div>
          <h1 tabIndex={-1}>{moderationTexts.words}</h1>
          <p className="hint">{words.hint}</p>
        </div>
      </div>
      <div className="mod-words">
        <div className="mod-part">
          <Search
            initial={text}
            onText={(value) =>
              setParameters(value === '' ? new URLSearchParams() : new URLSearchParams({ text: value }), {
                replace: true,
              })
            }
          />
          {said && <Notice key={said.turn}>{said.text}</Notice>}
          <List text={text} version={String(changes)} onRemoved={(count) => change(words.removed(count))} />
        </div>
        <section className="mod-part" aria-labelledby="add-words">
          <h2 id="add-words">{words.add}</h2>
          <NewWords
            key={additions}
            onAdded={(count) => {
              setAdditions((before) => before + 1);
              change(words.wereAdded(count));
            }}
          />
        </section>
      </div>
    </>
  );
}

interface SearchProps {
  readonly initial: string;
  readonly onText: (text: string) => void;
}

function Search({ initial, onText }: SearchProps) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <form role="search" aria-label={words.list} onSubmit={(event) => event.preventDefault()}>
      <Field label={words.search}>
        {(control) => (
          <input
            {...written}
            {...control}
            type="search"
            autoComplete="off"
            spellCheck={false}
            maxLength={100}
            defaultValue={initial}
            onInput={({ currentTarget: { value } }) => {
              clearTimeout(timer.current);
              timer.current = setTimeout(() => onText(value.trim()), pauseMs);
            }}
          />
        )}
      </Field>
    </form>
  );
}

interface ListProps {
  readonly text: string;
  readonly version: string;
  readonly onRemoved: (count: number) => void;
}

function List({ text, version, onRemoved }: ListProps) {
  const client = useApolloClient();
  const [total, setTotal] = useState(0);
  const [selected, setSelected] = useState<ReadonlySet<string>>(new Set());
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: WordListDocument,
        variables: { filter: text === '' ? null : { text }, first, after },
        fetchPolicy: 'no-cache',
      });
      const page = data?.moderationWords;
      if (page) setTotal(page.totalCount);
      return page && { items: page.nodes, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    },
    [client, text],
  );
  const { items, hasMore, isLoading, trouble, more, reload } = usePages<Word>(load, version);
  if (items === undefined)
    return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />;
  // A word that is listed no more, since another one is looked for, is not removed unseen.
  const chosen = items.filter(({ id }) => selected.has(id)).map(({ id }) => id);
  const select = (id: string, isSelected: boolean) =>
    setSelected((before) => {
      const next = new Set(before);
      if (isSelected) next.add(id);
      else next.delete(id);
      return next;
    });
  return (
    <>
      <p className="hint" role="status">
        {items.length === 0
          ? text === ''
            ? words.none
            : words.nothingFound
          : text === ''
            ? words.total(total)
            : words.found(total)}
      </p>
      {items.length > 0 && (
        <ul className="mod-list">
          {items.map((word) => (
            <WordItem
              key={word.id}
              word={word}
              isSelected={selected.has(word.id)}
              onSelect={(isSelected) => select(word.id, isSelected)}
            />
          ))}
        </ul>
      )}
      {hasMore && <MoreButton label={words.more} isLoading={isLoading} trouble={trouble} onMore={more} />}
      {chosen.length > 0 && (
        <Removal
          key={chosen.length}
          ids={chosen}
          onClear={() => setSelected(new Set())}
          onRemoved={(count) => {
            setSelected(new Set());
            onRemoved(count);
          }}
        />
      )}
    </>
  );
}

interface ItemProps {
  readonly word: Word;
  readonly isSelected: boolean;
  readonly onSelect: (isSelected: boolean) => void;
}

function WordItem({ word: { text, mode, action, language, addedAt }, isSelected, onSelect }: ItemProps) {
  return (
    <li className="mod-row mod-word" data-row data-key={text}>
      <label className="check">
        <input
          type="checkbox"
          checked={isSelected}
          aria-label={words.select(text)}
          onChange={({ target }) => onSelect(target.checked)}
        />
        <span className="mod-word-text">
          <bdi lang="">{text}</bdi>
        </span>
      </label>
      <p className="facts">
        <span className={action === 'REFUSE' ? 'mod-refused' : undefined}>{words.actions[action]}</span>
        <span>{words.modes[mode]}</span>
        {language !== null && <span>{words.languages[language] ?? language}</span>}
        <Day time={addedAt} />
      </p>
    </li>
  );
}

interface RemovalProps {
  readonly ids: readonly string[];
  readonly onClear: () => void;
  readonly onRemoved: (count: number) => void;
}

/** Stays in view while words are selected. */
function Removal({ ids, onClear, onRemoved }: RemovalProps) {
  const [remove] = useMutation(RemoveWords);
  const { isBusy, trouble, run } = useChange();

  async function removeWords() {
    let count = 0;
    const isDone = await run(async () => {
      const { data } = await remove({ variables: { input: { wordIds: [...ids] } } });
      count = data?.removeModerationWords.removedWordIds.length ?? 0;
      return data?.removeModerationWords.userErrors;
    });
    if (isDone) onRemoved(count);
  }

  return (
    <div className="mod-bar">
      <Confirm
        action={words.remove(ids.length)}
        question={words.removeQuestion}
        keep={words.keep}
        className="is-danger"
        isBusy={isBusy}
        trouble={trouble}
        onConfirm={() => void removeWords()}
      />
      <button type="button" className="link-button" onClick={onClear}>
        {words.clear}
      </button>
    </div>
  );
}

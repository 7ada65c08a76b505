import { useApolloClient, useMutation } from '@apollo/client/react';
import { useCallback, useState } from 'react';
import { keyOf, settle } from '../campaign/sent.ts';
import { formatTime } from '../format.ts';
import { type PersonNotesQuery } from '../graphql/generated/graphql.ts';
import { Confirm } from '../layout/confirm.tsx';
import { Field } from '../layout/field.tsx';
import { FieldsForm } from '../layout/fields-form.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { Age } from '../layout/time.tsx';
import { useChange } from '../layout/use-change.ts';
import { usePages } from '../layout/use-pages.ts';
import { written } from '../layout/written.ts';
import { PersonName } from './names.tsx';
import { peopleTexts as words } from './people-texts.ts';
import { AddPersonNote, PersonNotesDocument, RemovePersonNote } from './person-documents.ts';

type Note = NonNullable<
  Extract<NonNullable<PersonNotesQuery['node']>, { __typename: 'Person' }>['notes']
>['nodes'][number];

const sentName = 'standfirst.note-sent';

/** What moderators have noted about a person. */
export function PersonNotes({ personId }: { readonly personId: string }) {
  const client = useApolloClient();
  const [changes, setChanges] = useState(0);
  // What is being typed stays when another note is removed.
  const [added, setAdded] = useState(0);
  const [said, setSaid] = useState('');
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: PersonNotesDocument,
        variables: { id: personId, first, after },
        fetchPolicy: 'no-cache',
      });
      const page = data?.node?.__typename === 'Person' ? data.node.notes : null;
      return page && { items: page.nodes, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    },
    [client, personId],
  );
  const { items, hasMore, isLoading, trouble, more, reload } = usePages<Note>(load, String(changes));
  const change = (now: string) => {
    setChanges(changes + 1);
    setSaid(now);
  };
  return (
    <section className="mod-part" aria-labelledby="notes">
      <h2 id="notes">{words.notes}</h2>
      <p className="hint">{words.notesHint}</p>
      {items === undefined &&
        (trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />)}
      {items?.length === 0 && <p>{words.noNotes}</p>}
      {items !== undefined && items.length > 0 && (
        <ul className="mod-list">
          {items.map((note) => (
            <NoteItem key={note.id} note={note} onRemoved={() => change(words.noteRemoved)} />
          ))}
        </ul>
      )}
      {hasMore && (
        <MoreButton label={words.moreNotes} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
      <NewNote
        key={added}
        personId={personId}
        onAdded={() => {
          setAdded(added + 1);
          change(words.noteAdded);
        }}
      />
      <p role="status" className="visually-hidden">
        {said}
      </p>
    </section>
  );
}

function NoteItem({ note, onRemoved }: { readonly note: Note; readonly onRemoved: () => void }) {
  const [remove] = useMutation(RemovePersonNote);
  const { isBusy, trouble, run } = useChange();
  const { id, text, author, createdAt, viewerCanRemove } = note;

  async function removeNote() {
    const isDone = await run(async () => {
      const { data } = await remove({ variables: { input: { noteId: id } } });
      return data?.removePersonNote.userErrors;
    });
    if (isDone) onRemoved();
  }

  return (
    <li className="mod-row" data-key={id}>
      <div className="mod-row-text">
        <p {...written} className="mod-text">
          {text}
        </p>
        <p className="facts">
          <span>{author ? <PersonName person={author} /> : words.formerModerator}</span>
          <Age time={createdAt} />
        </p>
      </div>
      {viewerCanRemove && (
        <Confirm
          action={words.removeNote}
          label={words.removeNoteOf(formatTime(createdAt))}
          question={words.removeNoteQuestion}
          keep={words.keepNote}
          className="link-button"
          isBusy={isBusy}
          trouble={trouble}
          onConfirm={() => void removeNote()}
        />
      )}
    </li>
  );
}

function NewNote({ personId, onAdded }: { readonly personId: string; readonly onAdded: () => void }) {
  const [add] = useMutation(AddPersonNote);
  return (
    <FieldsForm
      action={words.addNote}
      pending={words.adding}
      fields={[]}
      others={['text']}
      send={async (valueOf) => {
        const input = { personId, text: valueOf('text') };
        const idempotencyKey = keyOf(sentName, input);
        const { data } = await add({ variables: { input: { ...input, idempotencyKey } } });
        settle(sentName);
        if (data?.addPersonNote.note) onAdded();
        return data?.addPersonNote.userErrors ?? [];
      }}
    >
      {(faults) => (
        <Field label={words.noteText} error={faults.at('text')}>
          {(control) => (
            <textarea
              {...written}
              {...control}
              name="text"
              rows={2}
              maxLength={2000}
              onInput={() => faults.forget(['text'])}
            />
          )}
        </Field>
      )}
    </FieldsForm>
  );
}

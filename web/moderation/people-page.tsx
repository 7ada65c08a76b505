import './people.css';
import { useApolloClient } from '@apollo/client/react';
import { useCallback, useEffect, useRef, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type PersonCardFragment, type Role, type SanctionKind } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { usePages } from '../layout/use-pages.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { peopleTexts as words } from './people-texts.ts';
import { PersonListDocument } from './person-documents.ts';
import { rolesInWords } from './person-roles.tsx';
import { useRowKeys } from './row-keys.ts';
import { moderationTexts } from './texts.ts';

/** Milliseconds after the last key before a name is looked for. */
const pauseMs = 250;

/** Longest beginning of a name that the service takes. */
const longest = 80;

const choiceOf = <Choice extends string>(
  value: string | null,
  choices: Readonly<Record<Choice, string>>,
): Choice | null => (value !== null && value in choices ? (value as Choice) : null);

/** Finds accounts by their names, roles and sanctions. What is looked for is in the address. */
export default function PeoplePage() {
  useRowKeys();
  const [parameters, setParameters] = useSearchParams();
  const name = (parameters.get('name') ?? '').trim().slice(0, longest);
  const role = choiceOf(parameters.get('role'), words.roles);
  const sanction = choiceOf(parameters.get('sanction'), words.sanctionFilters);
  const change = (key: string, value: string) =>
    setParameters(
      (before) => {
        const next = new URLSearchParams(before);
        if (value === '') next.delete(key);
        else next.set(key, value);
        return next;
      },
      { replace: true },
    );
  return (
    <>
      <PageHead title={moderationTexts.people} />
      <div className="mod-head">
        <h1 tabIndex={-1}>{moderationTexts.people}</h1>
        <form
          className="mod-filters"
          role="search"
          aria-label={moderationTexts.people}
          onSubmit={(event) => event.preventDefault()}
        >
          <NameField initial={name} onName={(value) => change('name', value)} />
          <Choices
            label={words.role}
            all={words.anyRole}
            choices={words.roles}
            value={role}
            onChange={(value) => change('role', value)}
          />
          <Choices
            label={words.sanction}
            all={words.anySanction}
            choices={words.sanctionFilters}
            value={sanction}
            onChange={(value) => change('sanction', value)}
          />
        </form>
      </div>
      <Found name={name} role={role} sanction={sanction} />
    </>
  );
}

function NameField({
  initial,
  onName,
}: {
  readonly initial: string;
  readonly onName: (name: string) => void;
}) {
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  return (
    <Field label={words.search}>
      {(control) => (
        <input
          {...written}
          {...control}
          type="search"
          placeholder={words.searchHint}
          autoComplete="off"
          spellCheck={false}
          maxLength={longest}
          defaultValue={initial}
          onInput={({ currentTarget: { value } }) => {
            clearTimeout(timer.current);
            timer.current = setTimeout(() => onName(value.trim()), pauseMs);
          }}
        />
      )}
    </Field>
  );
}

interface ChoicesProps {
  readonly label: string;
  /** Label of no choice. */
  readonly all: string;
  readonly choices: Readonly<Record<string, string>>;
  readonly value: string | null;
  readonly onChange: (value: string) => void;
}

function Choices({ label, all, choices, value, onChange }: ChoicesProps) {
  return (
    <Field label={label}>
      {(control) => (
        <select {...control} value={value ?? ''} onChange={({ target }) => onChange(target.value)}>
          <option value="">{all}</option>
          {Object.entries(choices).map(([choice, text]) => (
            <option key={choice} value={choice}>
              {text}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}

interface FoundProps {
  readonly name: string;
  readonly role: Role | null;
  readonly sanction: SanctionKind | null;
}

function Found({ name, role, sanction }: FoundProps) {
  const client = useApolloClient();
  // What was found before stays until the next answer, so that nothing jumps while a name is written.
  const [last, setLast] = useState<readonly PersonCardFragment[]>();
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: PersonListDocument,
        variables: { filter: { name: name === '' ? null : name, role, sanction }, first, after },
        fetchPolicy: 'no-cache',
      });
      const page = data?.persons;
      if (after === null) setLast(page?.nodes);
      return page && { items: page.nodes, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    },
    [client, name, role, sanction],
  );
  const { items, hasMore, isLoading, trouble, more, reload } = usePages<PersonCardFragment>(load, '');
  const shown = items ?? last;
  if (trouble !== undefined && items === undefined) return <Trouble message={trouble} onRetry={reload} />;
  if (!shown) return <Loading />;
  return (
    <>
      <p role="status" className={shown.length === 0 ? undefined : 'visually-hidden'}>
        {shown.length === 0 ? words.nobodyFound : ''}
      </p>
      {shown.length > 0 && (
        <ul className="mod-list" aria-busy={items === undefined}>
          {shown.map((person) => (
            <PersonItem key={person.id} person={person} />
          ))}
        </ul>
      )}
      {hasMore && (
        <MoreButton label={words.morePeople} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
    </>
  );
}

function PersonItem({ person }: { readonly person: PersonCardFragment }) {
  const { id, name, roles, createdAt, suspension, premoderation, commentCounts } = person;
  const roleNames = rolesInWords(roles);
  return (
    <li className="mod-row" data-row data-key={id} tabIndex={-1}>
      <p className="mod-row-text">
        <Link href={paths.moderationPerson(id)} className="mod-name">
          <bdi lang="">{name}</bdi>
        </Link>
        {suspension && (
          <span className="badge mod-sanctioned">
            {suspension.until === null ? words.banned : words.suspended}
          </span>
        )}
        {premoderation && <span className="badge mod-sanctioned">{words.premoderated}</span>}
      </p>
      <p className="facts">
        {roleNames !== '' && <span>{roleNames}</span>}
        <span>{words.comments(commentCounts.published)}</span>
        {commentCounts.pending > 0 && <span>{words.pending(commentCounts.pending)}</span>}
        <span>
          {words.since} <Day time={createdAt} />
        </span>
      </p>
    </li>
  );
}

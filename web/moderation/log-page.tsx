import './people.css';
import { useQuery } from '@apollo/client/react';
import { useMemo } from 'react';
import { Link, useSearchParams } from 'wouter';
import { type ModerationHistoryFilter } from '../graphql/generated/graphql.ts';
import { Field } from '../layout/field.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { mostKinds } from './action-kinds.ts';
import { type KindGroup, logAddress, type LogPlace, placeOf } from './log-address.ts';
import { LogPersonDocument } from './log-documents.ts';
import { LogList } from './log-list.tsx';
import { logTexts as words } from './log-texts.ts';
import { useRowKeys } from './row-keys.ts';
import { moderationTexts } from './texts.ts';

const groups = Object.keys(words.groups) as KindGroup[];

function filterOf({ kinds, person, actor, comment }: LogPlace & { readonly kinds: KindGroup }) {
  const named = words.groups[kinds].kinds;
  return {
    ...(kinds === 'all' ? {} : { kinds: [...(kinds === 'most' ? mostKinds : named)] }),
    ...(person === undefined ? {} : { personId: person }),
    ...(actor === undefined ? {} : { actorId: actor }),
    ...(comment === undefined ? {} : { commentId: comment }),
  } satisfies ModerationHistoryFilter;
}

/** Who has done what. */
export default function LogPage() {
  useRowKeys();
  const [parameters, setParameters] = useSearchParams();
  const address = parameters.toString();
  const place = useMemo(() => placeOf(new URLSearchParams(address)), [address]);
  const filter = useMemo(() => filterOf(place), [place]);
  const { kinds, person, actor, comment } = place;
  const isNarrow = person !== undefined || actor !== undefined || comment !== undefined;
  return (
    <>
      <PageHead title={moderationTexts.log} />
      <div className="mod-head">
        <div>
          <h1 tabIndex={-1}>{moderationTexts.log}</h1>
          <p className="hint">{words.hint}</p>
        </div>
        <div className="mod-filters">
          <Field label={words.kinds}>
            {(control) => (
              <select
                {...control}
                value={kinds}
                onChange={({ target }) => {
                  const { search } = new URL(
                    logAddress({ ...place, kinds: target.value as KindGroup }),
                    location.origin,
                  );
                  setParameters(new URLSearchParams(search), { replace: true });
                }}
              >
                {groups.map((group) => (
                  <option key={group} value={group}>
                    {words.groups[group].name}
                  </option>
                ))}
              </select>
            )}
          </Field>
        </div>
      </div>
      {isNarrow && (
        <p className="mod-narrowed">
          {comment !== undefined && <span>{words.aboutComment}</span>}
          {person !== undefined && <Narrowed label={words.about} id={person} />}
          {actor !== undefined && <Narrowed label={words.by} id={actor} />}
          <Link href={logAddress({ kinds })}>{words.everybody}</Link>
        </p>
      )}
      <LogList key={address} filter={filter} />
    </>
  );
}

function Narrowed({ label, id }: { readonly label: string; readonly id: string }) {
  const { data } = useQuery(LogPersonDocument, { variables: { id } });
  const name = data?.node?.__typename === 'Person' ? data.node.name : '…';
  return (
    <span>
      {label}{' '}
      <Link {...written} href={paths.moderationPerson(id)}>
        {name}
      </Link>
    </span>
  );
}

import './people.css';
import { useQuery } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import { Notice } from '../account/notice.tsx';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Portrait } from '../layout/portrait.tsx';
import { Day } from '../layout/time.tsx';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { PersonActions } from './person-actions.tsx';
import { type ModeratedPerson, PersonFacts } from './person-facts.tsx';
import { PersonHistory } from './person-history.tsx';
import { ModeratedPersonDocument } from './person-documents.ts';
import { PersonNotes } from './person-notes.tsx';
import { PersonRoles, rolesInWords } from './person-roles.tsx';
import { peopleTexts as words } from './people-texts.ts';
import { Sanctions } from './sanctions.tsx';
import { useRowKeys } from './row-keys.ts';
import { moderationTexts } from './texts.ts';
import { useNews } from './use-news.ts';

/** All that moderators know about one account, and what they may decide about it. */
export default function PersonPage({ id }: { readonly id: string }) {
  const { data, error, refetch } = useQuery(ModeratedPersonDocument, {
    variables: { id },
    fetchPolicy: 'network-only',
    nextFetchPolicy: 'cache-first',
  });
  const person = data?.node?.__typename === 'Person' ? data.node : undefined;
  const news = useNews((event) => 'person' in event && event.person?.id === id);
  useEffect(() => {
    // What is shown stays when it cannot be read; the next event reads it again.
    if (news > 0) refetch().catch(() => undefined);
  }, [news, refetch]);
  if (!person) {
    if (!data && error)
      return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
    if (!data) return <Loading />;
    return (
      <>
        <PageHead title={moderationTexts.people} />
        <h1 tabIndex={-1}>{moderationTexts.people}</h1>
        <p>{words.gone}</p>
        <p>
          <Link href={paths.moderationPeople}>{words.allPeople}</Link>
        </p>
      </>
    );
  }
  return <Person person={person} news={news} onChanged={() => void refetch()} />;
}

interface Props {
  readonly person: ModeratedPerson;
  /** Changes when others have done something about the person. */
  readonly news: number;
  /** Reads the numbers anew. */
  readonly onChanged: () => void;
}

function Person({ person, news, onChanged }: Props) {
  useRowKeys();
  const [said, setSaid] = useState<{ readonly text: string; readonly turn: number }>();
  const { id, name, author, roles, createdAt, viewerCanSanction, viewerCanChangeRoles } = person;
  const done = (text: string) => {
    setSaid((before) => ({ text, turn: (before?.turn ?? 0) + 1 }));
    onChanged();
  };
  const roleNames = rolesInWords(roles);
  return (
    <>
      <PageHead title={name} />
      <div className="mod-person-head">
        <Portrait name={name} photoUrl={author.avatarUrl} size={48} />
        <div>
          <h1 {...written} tabIndex={-1}>
            {name}
          </h1>
          <p className="facts">
            {roleNames !== '' && <span>{roleNames}</span>}
            <span>
              {words.since} <Day time={createdAt} />
            </span>
            {author.permalink !== null && (
              <span>
                <Link href={new URL(author.permalink).pathname}>{words.publicPage}</Link>
              </span>
            )}
            <span>
              <Link href={paths.moderationPeople}>{words.allPeople}</Link>
            </span>
          </p>
        </div>
      </div>
      <div className="mod-person">
        <div className="mod-person-decide">
          {said && <Notice key={said.turn}>{said.text}</Notice>}
          <Sanctions person={person} canLift={viewerCanSanction} onLifted={() => done(words.saidLifted)} />
          {viewerCanSanction ? (
            <PersonActions person={person} onDone={done} />
          ) : (
            <p className="hint">{words.notAllowed}</p>
          )}
        </div>
        <div className="mod-person-side">
          <PersonFacts person={person} />
          {viewerCanChangeRoles && <PersonRoles person={person} />}
          <PersonNotes personId={id} />
        </div>
        <PersonHistory personId={id} version={`${said?.turn ?? 0} ${news}`} />
      </div>
    </>
  );
}

import { useMutation } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { formatDeadline } from '../format.ts';
import { type PersonCardFragment } from '../graphql/generated/graphql.ts';
import { Age } from '../layout/time.tsx';
import { written } from '../layout/written.ts';
import { DecisionForm } from './decision-form.tsx';
import { peopleTexts as words } from './people-texts.ts';
import { LiftSanction } from './person-documents.ts';
import { moderationTexts } from './texts.ts';

type Sanction = NonNullable<PersonCardFragment['suspension']>;

const sentenceOf = ({ kind, until }: Sanction): string => {
  if (kind === 'PREMODERATION')
    return until === null ? words.isPremoderated : words.isPremoderatedUntil(formatDeadline(until));
  return until === null ? words.isBanned : words.isSuspendedUntil(formatDeadline(until));
};

interface Props {
  readonly person: PersonCardFragment;
  readonly canLift: boolean;
  readonly onLifted: () => void;
}

/** The sanctions that are in force, each with what ends it. */
export function Sanctions({ person, canLift, onLifted }: Props) {
  const sanctions = [person.suspension, person.premoderation].filter((each) => each !== null);
  if (sanctions.length === 0) return null;
  return (
    <div className="mod-sanctions">
      {sanctions.map((sanction) => (
        <InForce
          key={sanction.kind}
          person={person}
          sanction={sanction}
          canLift={canLift}
          onLifted={onLifted}
        />
      ))}
    </div>
  );
}

function InForce({ person, sanction, canLift, onLifted }: Props & { readonly sanction: Sanction }) {
  const [lift] = useMutation(LiftSanction);
  const [isAsking, setAsking] = useState(false);
  const opener = useRef<HTMLButtonElement>(null);
  const { kind, reason, note, decidedAt, until } = sanction;
  const action = kind === 'SUSPENSION' && until === null ? words.liftBan : words.liftOf[kind];
  return (
    <div className="notice mod-sanction">
      <div className="mod-row-text">
        <p>{sentenceOf(sanction)}</p>
        <p className="facts">
          <span>{reason === null ? words.noReason : moderationTexts.reasons[reason]}</span>
          <span>
            {words.decided} <Age time={decidedAt} />
          </span>
        </p>
        {note !== null && (
          <p {...written} className="mod-note">
            {note}
          </p>
        )}
      </div>
      {canLift && !isAsking && (
        <button type="button" ref={opener} onClick={() => setAsking(true)}>
          {action}
        </button>
      )}
      {isAsking && (
        <DecisionForm
          question={words.liftQuestion(person.name)}
          action={action}
          onClose={() => {
            setAsking(false);
            setTimeout(() => opener.current?.focus());
          }}
          send={async ({ note: given }) => {
            const { data } = await lift({
              variables: { input: { personId: person.id, kind, note: given } },
            });
            if (data?.liftSanction.person) onLifted();
            return data?.liftSanction.userErrors ?? [];
          }}
        />
      )}
    </div>
  );
}

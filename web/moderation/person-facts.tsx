import { type ReactNode } from 'react';
import { Link } from 'wouter';
import { formatNumber } from '../format.ts';
import { type ModeratedPersonQuery } from '../graphql/generated/graphql.ts';
import { logAddress } from './log-address.ts';
import { peopleTexts as words } from './people-texts.ts';

export type ModeratedPerson = Extract<NonNullable<ModeratedPersonQuery['node']>, { __typename: 'Person' }>;

interface Props {
  readonly person: ModeratedPerson;
}

/** Numbers about an account: its comments, and reports of them and by it. */
export function PersonFacts({ person }: Props) {
  const { id, commentCounts, reportsReceived, reportsMade, reporterStanding } = person;
  const reported = logAddress({ person: id, kinds: 'reports' });
  const reporting = logAddress({ actor: id, kinds: 'reports' });
  return (
    <section className="mod-facts" aria-label={words.facts}>
      <Numbers title={words.commentsTitle} counts={commentCounts} names={words.states} />
      <Numbers title={words.received} counts={reportsReceived} names={words.reports} list={reported} />
      <Numbers title={words.made} counts={reportsMade} names={words.reports} list={reporting}>
        {reporterStanding && (
          <p className="hint">{reporterStanding.isGood ? words.goodStanding : words.badStanding}</p>
        )}
      </Numbers>
    </section>
  );
}

interface NumbersProps<Name extends string> {
  readonly title: string;
  readonly counts: Readonly<Record<NoInfer<Name>, number>>;
  readonly names: Readonly<Record<Name, string>>;
  /** Address of the list of what is counted. */
  readonly list?: string;
  readonly children?: ReactNode;
}

function Numbers<Name extends string>({ title, counts, names, list, children }: NumbersProps<Name>) {
  const all = Object.keys(names) as Name[];
  const shown = all.filter((name) => counts[name] > 0);
  return (
    <div className="mod-numbers">
      <h2>{list !== undefined && shown.length > 0 ? <Link href={list}>{title}</Link> : title}</h2>
      {shown.length === 0 ? (
        <p className="hint">{words.noReports}</p>
      ) : (
        <dl>
          {shown.map((name) => (
            <div key={name}>
              <dt>{names[name]}</dt>
              <dd>{formatNumber(counts[name])}</dd>
            </div>
          ))}
        </dl>
      )}
      {shown.length > 0 && children}
    </div>
  );
}

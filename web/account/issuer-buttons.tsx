import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { accountTexts } from './texts.ts';
import { type Departure, leaveFor } from './other-site.ts';

export const SignInOptions = graphql(`
  query SignInOptions {
    signInOptions {
      issuers {
        id
        name
        path
      }
      mailsLinks
    }
  }
`);

interface Props extends Pick<Departure, 'purpose' | 'next'> {
  /** Names of the sites of which the account has a login. */
  readonly linked?: readonly string[];
}

/** Buttons that lead to the sites whose logins are accepted; nothing where there are none. */
export function IssuerButtons({ purpose, next, linked = [] }: Props) {
  const { data } = useQuery(SignInOptions);
  const [isImpossible, setImpossible] = useState(false);
  const issuers = (data?.signInOptions.issuers ?? []).filter(
    ({ name }) => purpose !== 'prove' || linked.includes(name),
  );
  if (issuers.length === 0) return null;
  const labelOf = (name: string): string => {
    if (purpose === 'prove') return accountTexts.proveWith(name);
    if (purpose !== 'link') return accountTexts.signInWith(name);
    return linked.includes(name) ? accountTexts.linkAnotherLogin(name) : accountTexts.linkLogin(name);
  };
  return (
    <div className="issuers">
      {purpose === 'sign-in' && <p>{accountTexts.orOtherSite}</p>}
      {isImpossible && (
        <p className="field-error" role="alert">
          {accountTexts.cannotLeave}
        </p>
      )}
      {issuers.map((issuer) => (
        <button
          key={issuer.id}
          type="button"
          onClick={() => void leaveFor(issuer, { purpose, next }).then((has) => setImpossible(!has))}
        >
          {labelOf(issuer.name)}
        </button>
      ))}
    </div>
  );
}

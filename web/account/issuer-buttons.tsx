import { useQuery } from '@apollo/client/react';
import { useState } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { accountTexts } from './texts.ts';
import { type Departure, leaveFor } from './other-site.ts';

const SignInOptions = graphql(`
  query SignInOptions {
    signInOptions {
      issuers {
        id
        name
        path
      }
    }
  }
`);

/** Buttons that lead to the sites whose logins are accepted; nothing where there are none. */
export function IssuerButtons({ purpose, next }: Pick<Departure, 'purpose' | 'next'>) {
  const { data } = useQuery(SignInOptions);
  const [isImpossible, setImpossible] = useState(false);
  const issuers = data?.signInOptions.issuers ?? [];
  if (issuers.length === 0) return null;
  const label = purpose === 'link' ? accountTexts.linkLogin : accountTexts.signInWith;
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
          {label(issuer.name)}
        </button>
      ))}
    </div>
  );
}

import { useApolloClient } from '@apollo/client/react';
import { useEffect, useState } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { useReader } from '../session/reader-context.ts';

/** Of all campaigns: a pseudonym is random, and occurs in one of them. */
const OwnPseudonyms = graphql(`
  query OwnPseudonyms {
    viewer {
      id
      pledges(first: 100) {
        nodes {
          id
          pseudonym
        }
      }
    }
  }
`);

const nobody: ReadonlySet<string> = new Set();

/** The pseudonyms of the reader's latest 100 pledges; none while they are not known, or if nobody is signed in. */
export function useOwnPseudonyms(): ReadonlySet<string> {
  const client = useApolloClient();
  const { isSignedIn } = useReader();
  const [own, setOwn] = useState(nobody);
  useEffect(() => {
    if (!isSignedIn) return undefined;
    let isShown = true;
    client.query({ query: OwnPseudonyms, fetchPolicy: 'no-cache' }).then(
      ({ data }) => {
        const pledges = data?.viewer?.pledges?.nodes ?? [];
        if (isShown) setOwn(new Set(pledges.map(({ pseudonym }) => pseudonym)));
      },
      // The ledger is whole without the mark.
      () => undefined,
    );
    return () => {
      isShown = false;
    };
  }, [client, isSignedIn]);
  return own;
}

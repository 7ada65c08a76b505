import { useQuery } from '@apollo/client/react';
import { createContext, useContext, useSyncExternalStore } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { type MeQuery } from '../graphql/generated/graphql.ts';
import { type Reader } from './session.ts';

export const ReaderContext = createContext<Reader | undefined>(undefined);

export function useReader(): Reader {
  const reader = useContext(ReaderContext);
  if (!reader) throw new Error('There is no reader around this component');
  return reader;
}

/** Number of changes of the reader; as a `key` it remounts components for the new reader. */
export function useReaderTurn(): number {
  const reader = useReader();
  return useSyncExternalStore(reader.subscribe, () => reader.turn);
}

const Me = graphql(`
  query Me {
    viewer {
      id
      name
      roles
      canCreateArticle
      canPledge
      hasPledged
      canReadOutgoingMails
      email
      isEmailConfirmed
      mustProveSecondFactor
      mustSignInOtherwise
      mustConfirmEmail
      isSuspended
      eraseAt
      commentAuthor {
        id
        name
        avatarUrl
        sharesNameWithJournalist
      }
    }
  }
`);

export type Viewer = NonNullable<MeQuery['viewer']>;

/** Loads the signed-in reader before the page is rendered: the menu of the account does not grow then. */
export async function prepareViewer({ apollo, isSignedIn }: Reader): Promise<void> {
  // The page asks again if that fails.
  if (isSignedIn) await apollo.query({ query: Me }).catch(() => undefined);
}

/** Asks the service for the signed-in reader anew. @returns undefined if it did not answer */
export async function loadViewer({ apollo }: Reader): Promise<Viewer | null | undefined> {
  const answer = await apollo.query({ query: Me, fetchPolicy: 'network-only' }).catch(() => undefined);
  return answer?.data?.viewer;
}

/** The signed-in reader; null: not signed in; undefined: not known yet. */
export function useViewer(): Viewer | null | undefined {
  const reader = useReader();
  useReaderTurn();
  const { data } = useQuery(Me, { skip: !reader.isSignedIn });
  return reader.isSignedIn ? data?.viewer : null;
}

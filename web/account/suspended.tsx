import { useQuery } from '@apollo/client/react';
import { graphql } from '../graphql/generated/gql.ts';
import SuspensionWords from './suspension-words.tsx';

const SuspensionDocument = graphql(`
  query Suspension {
    viewer {
      id
      suspension {
        until
        reason
        note
      }
    }
  }
`);

/** Stands in the place of what a suspended account may not do: why that is so, and until when. */
export default function Suspended() {
  const { data } = useQuery(SuspensionDocument, { fetchPolicy: 'network-only' });
  const { until = null, reason = null, note = null } = data?.viewer?.suspension ?? {};
  return (
    <div className="notice">
      <SuspensionWords until={until} reason={reason} note={note} />
    </div>
  );
}

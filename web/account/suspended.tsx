import { useQuery } from '@apollo/client/react';
import { formatDeadline } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { texts } from '../texts.ts';
import { sanctionTexts as words } from './sanction-texts.ts';

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
  const suspension = data?.viewer?.suspension;
  return (
    <div className="notice">
      <p>
        {suspension?.until == null ? texts.suspended : words.suspendedUntil(formatDeadline(suspension.until))}
      </p>
      {suspension?.reason != null && <p>{words.reasons[suspension.reason]}</p>}
      {suspension?.note != null && <p className="own-reason">{texts.reasonOf(suspension.note)}</p>}
    </div>
  );
}

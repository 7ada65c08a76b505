import { useApolloClient, useFragment } from '@apollo/client/react';
import { useEffect } from 'react';
import { type CampaignExtrasFragment } from '../graphql/generated/graphql.ts';
import { useReader } from '../session/reader-context.ts';
import { lateAnswersOf } from '../thread/late-answers.ts';
import { type SupportedCampaign } from './campaign.ts';
import { CampaignExtrasDocument, readCampaignExtras, takePrepared } from './campaign-extras.ts';

/** After a milestone was reached its article is published by a worker, of which this article's log has no event. */
const againMs = [1_500, 6_000, 30_000];

/**
 * The newest backers, and the articles that were unlocked; undefined: not loaded yet. On the first page of a visit they
 * are loaded with it, and otherwise after it, into space of their own.
 */
export function useCampaignExtras(
  slug: string,
  { id, milestones }: SupportedCampaign,
): CampaignExtrasFragment | undefined {
  const client = useApolloClient();
  const reader = useReader();
  const { data, complete } = useFragment({
    fragment: CampaignExtrasDocument,
    fragmentName: 'CampaignExtras',
    from: { __typename: 'Campaign', id },
  });
  const statuses = milestones.map(({ status }) => status).join();
  const isReached = /REACHED|FUNDED|SHORT/.test(statuses);
  useEffect(() => {
    const load = () =>
      void lateAnswersOf(reader)
        .during(() => readCampaignExtras(client, slug))
        // The page is whole without it.
        .catch(() => undefined);
    if (!takePrepared(slug)) load();
    if (!isReached) return;
    const timers = againMs.map((delay) => setTimeout(load, delay));
    return () => timers.forEach(clearTimeout);
  }, [client, reader, slug, statuses, isReached]);
  return complete ? data : undefined;
}

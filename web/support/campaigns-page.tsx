import { useQuery } from '@apollo/client/react';
import { useRef } from 'react';
import { graphql } from '../graphql/generated/gql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { useListPolicy } from '../layout/navigation.ts';
import { PageHead } from '../layout/page-head.tsx';
import { useMore } from '../layout/use-more.ts';
import { texts } from '../texts.ts';
import { CampaignList } from './campaign-list.tsx';

const RunningCampaigns = graphql(`
  query RunningCampaigns($after: Cursor) {
    campaigns(statuses: [LIVE], orderBy: ENDING_SOON, first: 20, after: $after) {
      edges {
        cursor
        node {
          id
          ...CampaignItem
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

/** All campaigns that take pledges, those that end soonest first. */
export default function CampaignsPage() {
  const list = useRef<HTMLUListElement>(null);
  const { data, error, fetchMore, refetch } = useQuery(RunningCampaigns, {
    fetchPolicy: useListPolicy(),
    nextFetchPolicy: 'cache-first',
  });
  const { edges = [], pageInfo } = data?.campaigns ?? {};
  const { more, ...state } = useMore(list, edges.length, () =>
    fetchMore({ variables: { after: pageInfo?.endCursor ?? null } }),
  );
  if (!data?.campaigns) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  return (
    <div className="page">
      <PageHead title={texts.raisingMoney} />
      <h1 tabIndex={-1}>{texts.raisingMoney}</h1>
      {edges.length === 0 ? (
        <p className="page-section">{texts.nothingRaising}</p>
      ) : (
        <CampaignList campaigns={edges.map(({ node }) => node)} listRef={list} />
      )}
      {pageInfo?.hasNextPage === true && <MoreButton label={texts.moreCampaigns} onMore={more} {...state} />}
    </div>
  );
}

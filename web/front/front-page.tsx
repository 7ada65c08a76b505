import { useApolloClient, useQuery } from '@apollo/client/react';
import { useCallback, useEffect } from 'react';
import { Link } from 'wouter';
import { ArticleList } from '../article/article-list.tsx';
import { TagList } from '../article/tag-list.tsx';
import { graphql } from '../graphql/generated/gql.ts';
import { type RaisingCampaignsFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { useListPolicy } from '../layout/navigation.ts';
import { PageHead } from '../layout/page-head.tsx';
import { useComeBack } from '../layout/use-come-back.ts';
import { useNow } from '../layout/use-now.ts';
import { paths } from '../paths.ts';
import { CampaignList } from '../support/campaign-list.tsx';
import { texts } from '../texts.ts';

graphql(`
  fragment RaisingCampaigns on Query {
    campaigns(statuses: [LIVE], orderBy: ENDING_SOON, first: 3) {
      nodes {
        id
        status
        deadline
        ...CampaignItem
      }
      pageInfo {
        hasNextPage
      }
    }
  }
`);

/** The campaigns alone: the articles stay as they are while they are read. */
const RaisingNow = graphql(`
  query RaisingNow {
    ...RaisingCampaigns
  }
`);

const FrontPageDocument = graphql(`
  query FrontPage($after: Cursor, $isMore: Boolean! = false) {
    articles(first: 11, after: $after) {
      ...ArticleList @unmask
    }
    ...RaisingCampaigns @skip(if: $isMore) @unmask
    tags(first: 20) @skip(if: $isMore) {
      nodes {
        id
        name
      }
    }
  }
`);

export function FrontPage() {
  const fetchPolicy = useListPolicy();
  const { data, error, fetchMore, refetch } = useQuery(FrontPageDocument, {
    variables: { isMore: false },
    fetchPolicy,
    nextFetchPolicy: 'cache-first',
  });
  if (!data?.articles) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  const tags = data.tags?.nodes ?? [];
  return (
    <div className="page front-page">
      <PageHead />
      <Raising
        campaigns={data.campaigns?.nodes ?? []}
        hasMore={data.campaigns?.pageInfo.hasNextPage === true}
        isOld={fetchPolicy === 'cache-first'}
      />
      <section aria-labelledby="latest">
        <h1 id="latest" tabIndex={-1}>
          {texts.latestArticles}
        </h1>
        {data.articles.edges.length === 0 ? (
          <p>{texts.noArticles}</p>
        ) : (
          <ArticleList
            articles={data.articles}
            level={2}
            hasLead
            loadMore={(after) => fetchMore({ variables: { after, isMore: true } })}
          />
        )}
      </section>
      {tags.length > 0 && (
        <section className="front-tags" aria-labelledby="subjects">
          <h2 id="subjects">{texts.subjects}</h2>
          <TagList tags={tags} />
        </section>
      )}
    </div>
  );
}

interface RaisingProps {
  readonly campaigns: NonNullable<RaisingCampaignsFragment['campaigns']>['nodes'];
  /** Whether there are more than these. */
  readonly hasMore: boolean;
  /** Whether they were read when the page was on show before. */
  readonly isOld: boolean;
}

/**
 * Campaigns that take pledges, those that end soonest. They are read again when the reader comes back to the page, and when
 * one of them ends: this page has no live events.
 */
function Raising({ campaigns, hasMore, isOld }: RaisingProps) {
  const client = useApolloClient();
  const now = useNow();
  const running = campaigns.filter(({ status, deadline }) => status === 'LIVE' && now < Date.parse(deadline));
  const ended = campaigns.length - running.length;
  const readAgain = useCallback(() => {
    // What is shown stays if that fails.
    void client.query({ query: RaisingNow, fetchPolicy: 'network-only' }).catch(() => undefined);
  }, [client]);
  useComeBack(readAgain);
  useEffect(() => {
    if (isOld || ended > 0) readAgain();
  }, [isOld, ended, readAgain]);
  if (running.length === 0) return null;
  return (
    <aside className="raising" aria-labelledby="raising">
      <p id="raising" className="raising-title">
        {texts.raisingMoney}
      </p>
      <CampaignList campaigns={running} />
      {hasMore && (
        <p>
          <Link href={paths.campaigns}>{texts.allRaising}</Link>
        </p>
      )}
    </aside>
  );
}

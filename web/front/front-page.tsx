import { useQuery } from '@apollo/client/react';
import { ArticleList } from '../article/article-list.tsx';
import { TagList } from '../article/tag-list.tsx';
import { graphql } from '../graphql/generated/gql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { useListPolicy } from '../layout/navigation.ts';
import { PageHead } from '../layout/page-head.tsx';
import { CampaignList } from '../support/campaign-list.tsx';
import { texts } from '../texts.ts';

const FrontPageDocument = graphql(`
  query FrontPage($after: Cursor, $isMore: Boolean! = false) {
    articles(first: 11, after: $after) {
      ...ArticleList @unmask
    }
    campaigns(statuses: [LIVE], orderBy: ENDING_SOON, first: 3) @skip(if: $isMore) {
      nodes {
        id
        ...CampaignItem
      }
    }
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
  const campaigns = data.campaigns?.nodes ?? [];
  const tags = data.tags?.nodes ?? [];
  return (
    <div className="page front-page">
      <PageHead />
      {campaigns.length > 0 && (
        <aside className="raising" aria-labelledby="raising">
          <p id="raising" className="raising-title">
            {texts.raisingMoney}
          </p>
          <CampaignList campaigns={campaigns} />
        </aside>
      )}
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

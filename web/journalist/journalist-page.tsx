import { useQuery } from '@apollo/client/react';
import { ArticleList } from '../article/article-list.tsx';
import { graphql } from '../graphql/generated/gql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { useListPolicy } from '../layout/navigation.ts';
import { PageHead } from '../layout/page-head.tsx';
import { written } from '../layout/written.ts';
import { CampaignList } from '../support/campaign-list.tsx';
import { texts } from '../texts.ts';
import { Portrait } from '../layout/portrait.tsx';

const JournalistPageDocument = graphql(`
  query JournalistPage($slug: String!, $after: Cursor, $isMore: Boolean! = false) {
    journalist(slug: $slug) {
      id
      name
      location
      photoUrl
      bioHtml
      articleCount
      campaigns(first: 5) @skip(if: $isMore) {
        nodes {
          id
          ...CampaignItem
        }
      }
      articles(first: 20, after: $after) {
        ...ArticleList @unmask
      }
    }
  }
`);

export function JournalistPage({ slug }: { readonly slug: string }) {
  const fetchPolicy = useListPolicy();
  const { data, error, fetchMore, refetch } = useQuery(JournalistPageDocument, {
    variables: { slug, isMore: false },
    fetchPolicy,
    nextFetchPolicy: 'cache-first',
  });
  const journalist = data?.journalist;
  if (!journalist) {
    if (error)
      return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
    return data ? <NotFound /> : <Loading />;
  }
  const { name, location, photoUrl, bioHtml, articleCount, articles } = journalist;
  const campaigns = journalist.campaigns?.nodes ?? [];
  return (
    <div className="page">
      <PageHead title={name} />
      <header className="journalist-head">
        <Portrait name={name} photoUrl={photoUrl} size={112} />
        <div>
          <h1 {...written} tabIndex={-1}>
            {name}
          </h1>
          <p className="facts">
            {location !== null && (
              <span className="facts-place">
                <bdi lang="">{location}</bdi>
              </span>
            )}
            <span>{texts.articleCount(articleCount)}</span>
          </p>
        </div>
      </header>
      {/* The service has sanitised the HTML. */}
      {bioHtml !== null && <div className="prose" lang="" dangerouslySetInnerHTML={{ __html: bioHtml }} />}
      {campaigns.length > 0 && (
        <section className="page-section" aria-labelledby="campaigns">
          <h2 id="campaigns">{texts.campaigns}</h2>
          <CampaignList campaigns={campaigns} />
        </section>
      )}
      <section className="page-section" aria-labelledby="articles">
        <h2 id="articles">{texts.articles}</h2>
        {!articles || articles.edges.length === 0 ? (
          <p>{texts.noArticles}</p>
        ) : (
          <ArticleList
            articles={articles}
            level={3}
            loadMore={(after) => fetchMore({ variables: { after, isMore: true } })}
          />
        )}
      </section>
    </div>
  );
}

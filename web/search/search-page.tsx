import { useQuery } from '@apollo/client/react';
import { useSearchParams } from 'wouter';
import { ArticleList } from '../article/article-list.tsx';
import { formatNumber } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { useListPolicy } from '../layout/navigation.ts';
import { PageHead } from '../layout/page-head.tsx';
import { texts } from '../texts.ts';

const SearchPageDocument = graphql(`
  query SearchPage($query: String!, $after: Cursor) {
    search(query: $query, first: 20, after: $after) {
      ...ArticleList @unmask
    }
  }
`);

/** Longest query that the service accepts, in code points. */
const longest = 200;

export function SearchPage() {
  const [parameters] = useSearchParams();
  const query = (parameters.get('q') ?? '').trim();
  return (
    <div className="page">
      <PageHead key={query} title={query === '' ? texts.search : texts.searchTitle(query)} />
      <h1 tabIndex={-1}>{texts.search}</h1>
      {query === '' && <HowToSearch />}
      {query !== '' && [...query].length > longest && (
        <p className="page-section" role="status">
          {texts.searchTooLong(formatNumber(longest))}
        </p>
      )}
      {query !== '' && [...query].length <= longest && <Results key={query} query={query} />}
    </div>
  );
}

function HowToSearch() {
  return (
    <div className="page-section">
      <p>{texts.searchHow}</p>
      <dl className="search-rules">
        {texts.searchRules.map(([example, meaning]) => (
          <div key={example}>
            <dt>
              <code>{example}</code>
            </dt>
            <dd>{meaning}</dd>
          </div>
        ))}
      </dl>
    </div>
  );
}

function Results({ query }: { readonly query: string }) {
  const fetchPolicy = useListPolicy();
  const { data, error, fetchMore, refetch } = useQuery(SearchPageDocument, {
    variables: { query },
    fetchPolicy,
    nextFetchPolicy: 'cache-first',
  });
  if (!data?.search) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  if (data.search.edges.length === 0) {
    return (
      <>
        <p className="page-section" role="status">
          {texts.searchNothing(query)}
        </p>
        <HowToSearch />
      </>
    );
  }
  return (
    <section className="page-section" aria-labelledby="results">
      <h2 id="results">{texts.searchResults(query)}</h2>
      <ArticleList
        articles={data.search}
        level={3}
        loadMore={(after) => fetchMore({ variables: { after } })}
      />
    </section>
  );
}

import { useQuery } from '@apollo/client/react';
import { ArticleList } from '../article/article-list.tsx';
import { graphql } from '../graphql/generated/gql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, NotFound, Trouble } from '../layout/messages.tsx';
import { useListPolicy } from '../layout/navigation.ts';
import { PageHead } from '../layout/page-head.tsx';
import { written } from '../layout/written.ts';
import { texts } from '../texts.ts';

const TagPageDocument = graphql(`
  query TagPage($name: String!, $after: Cursor) {
    tag(name: $name) {
      id
      name
      articleCount
      articles(first: 20, after: $after) {
        ...ArticleList @unmask
      }
    }
  }
`);

export function TagPage({ name }: { readonly name: string }) {
  const fetchPolicy = useListPolicy();
  const { data, error, fetchMore, refetch } = useQuery(TagPageDocument, {
    variables: { name },
    fetchPolicy,
    nextFetchPolicy: 'cache-first',
  });
  const tag = data?.tag;
  if (!tag) {
    if (error)
      return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
    return data ? <NotFound /> : <Loading />;
  }
  const title = `#${tag.name}`;
  return (
    <div className="page">
      <PageHead title={title} />
      <h1 {...written} tabIndex={-1}>
        {title}
      </h1>
      <p className="facts">
        <span>{texts.articleCount(tag.articleCount)}</span>
      </p>
      {tag.articles && (
        <ArticleList
          articles={tag.articles}
          level={2}
          loadMore={(after) => fetchMore({ variables: { after } })}
        />
      )}
    </div>
  );
}

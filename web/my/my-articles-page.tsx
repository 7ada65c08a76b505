import { useQuery } from '@apollo/client/react';
import { useRef } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type ArticleStatus, type OwnArticlesFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { PageHead } from '../layout/page-head.tsx';
import { Day } from '../layout/time.tsx';
import { useMore } from '../layout/use-more.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { SignedIn } from '../session/signed-in.tsx';
import { texts } from '../texts.ts';

export const OwnArticlesDocument = graphql(`
  fragment OwnArticles on ArticleConnection {
    edges {
      cursor
      node {
        id
        slug
        title
        status
        updatedAt
        commentCount
        endorsementCount
        viewerCanCreateCampaign
        campaign {
          id
        }
      }
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
`);

const MyArticlesDocument = graphql(`
  query MyArticles {
    viewer {
      id
      journalist {
        id
      }
      drafts: articles(filter: { status: [DRAFT] }, orderBy: RECENTLY_UPDATED) {
        ...OwnArticles @unmask
      }
      published: articles(filter: { status: [PUBLISHED] }, orderBy: RECENTLY_UPDATED) {
        ...OwnArticles @unmask
      }
      takenBack: articles(filter: { status: [UNPUBLISHED] }, orderBy: RECENTLY_UPDATED) {
        ...OwnArticles @unmask
      }
    }
  }
`);

/** Results go into the list of their status: lists differ by filter and order. */
const MoreMyArticles = graphql(`
  query MoreMyArticles($status: [ArticleStatus!], $after: Cursor) {
    viewer {
      id
      articles(filter: { status: $status }, orderBy: RECENTLY_UPDATED, after: $after) {
        ...OwnArticles @unmask
      }
    }
  }
`);

export default function MyArticlesPage() {
  return <SignedIn title={texts.myArticles}>{() => <MyArticles />}</SignedIn>;
}

function MyArticles() {
  const { data, error, client, refetch } = useQuery(MyArticlesDocument, {
    fetchPolicy: 'cache-and-network',
    nextFetchPolicy: 'cache-first',
  });
  const viewer = data?.viewer;
  if (!viewer) {
    if (!error) return <Loading />;
    return <Trouble message={messageOf(error) ?? texts.unreachable} onRetry={() => void refetch()} />;
  }
  const loadMore = (status: ArticleStatus, after: string | null) =>
    client.query({
      query: MoreMyArticles,
      variables: { status: [status], after },
      fetchPolicy: 'network-only',
    });
  return (
    <div className="page">
      <PageHead title={texts.myArticles} />
      <h1 tabIndex={-1}>{texts.myArticles}</h1>
      {viewer.journalist === null && <p>{texts.noOwnByline}</p>}
      <p className="page-section">
        <Link className="button button-primary" href={paths.write}>
          {texts.writeTitle}
        </Link>
      </p>
      <OwnArticles status="DRAFT" articles={viewer.drafts} loadMore={loadMore} />
      <OwnArticles status="PUBLISHED" articles={viewer.published} loadMore={loadMore} />
      <OwnArticles status="UNPUBLISHED" articles={viewer.takenBack} loadMore={loadMore} />
    </div>
  );
}

interface Props {
  readonly status: ArticleStatus;
  readonly articles: OwnArticlesFragment | null;
  readonly loadMore: (status: ArticleStatus, after: string | null) => Promise<unknown>;
}

function OwnArticles({ status, articles, loadMore }: Props) {
  const heading = `own-${status.toLowerCase()}`;
  const edges = articles?.edges ?? [];
  const list = useRef<HTMLUListElement>(null);
  const { more, ...state } = useMore(list, edges.length, () =>
    loadMore(status, articles?.pageInfo.endCursor ?? null),
  );
  return (
    <section className="page-section" aria-labelledby={heading}>
      <h2 id={heading}>{texts.ownArticles[status]}</h2>
      {edges.length === 0 ? (
        <p className="hint">{texts.noOwnArticles[status]}</p>
      ) : (
        <ul className="own-articles" ref={list}>
          {edges.map(({ node }) => (
            <OwnArticle key={node.id} article={node} />
          ))}
        </ul>
      )}
      {articles?.pageInfo.hasNextPage && <MoreButton label={texts.moreArticles} onMore={more} {...state} />}
    </section>
  );
}

function OwnArticle({ article }: { readonly article: OwnArticlesFragment['edges'][number]['node'] }) {
  const { slug, title, status, updatedAt, commentCount, endorsementCount } = article;
  const hasCampaignPage = article.campaign !== null || article.viewerCanCreateCampaign;
  return (
    <li className="own-article" data-key={slug}>
      <div>
        <h3 className="own-article-title">
          <Link {...written} href={paths.article(slug)}>
            {title}
          </Link>
        </h3>
        <p className="facts">
          <span>
            {texts.changed} <Day time={updatedAt} />
          </span>
          {status === 'PUBLISHED' && <span>{texts.comments(commentCount)}</span>}
          {status === 'PUBLISHED' && <span>{texts.endorsements(endorsementCount)}</span>}
        </p>
      </div>
      <p className="own-article-links">
        <Link className="button" href={paths.edit(slug)} aria-label={texts.editTitle(title)}>
          {texts.editArticle}
        </Link>
        {hasCampaignPage && (
          <Link className="button" href={paths.campaign(slug)} aria-label={texts.campaignFor(title)}>
            {texts.campaign}
          </Link>
        )}
      </p>
    </li>
  );
}

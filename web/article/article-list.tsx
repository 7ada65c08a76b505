import { useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { useRef } from 'react';
import { Link } from 'wouter';
import { graphql } from '../graphql/generated/gql.ts';
import { type ArticleCardFragment, type ArticleListFragment } from '../graphql/generated/graphql.ts';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { useMore } from '../layout/use-more.ts';
import { written } from '../layout/written.ts';
import { paths } from '../paths.ts';
import { texts } from '../texts.ts';
import { TagList } from './tag-list.tsx';

const ArticleCardDocument = graphql(`
  fragment ArticleCard on Article {
    id
    slug
    title
    standfirst
    publishedAt
    commentCount
    endorsementCount
    author {
      id
      slug
      name
      location
    }
    tags {
      id
      name
    }
  }
`);

/**
 * One or several pages of a list. A connection has no id to read it from the cache, so queries unmask this fragment.
 */
export const ArticleListDocument = graphql(`
  fragment ArticleList on ArticleConnection {
    edges {
      cursor
      node {
        id
        ...ArticleCard
      }
    }
    pageInfo {
      endCursor
      hasNextPage
    }
  }
`);

/** Level of the cards' headings. */
type Level = 2 | 3;

interface ListProps {
  readonly articles: ArticleListFragment;
  readonly level: Level;
  /** Whether the first card is larger than the others. */
  readonly hasLead?: boolean;
  /** Loads the articles after this cursor into the same list. */
  readonly loadMore: (after: string | null) => Promise<unknown>;
}

export function ArticleList({ articles, level, hasLead = false, loadMore }: ListProps) {
  const { edges, pageInfo } = articles;
  const list = useRef<HTMLUListElement>(null);
  const { more, ...state } = useMore(list, edges.length, () => loadMore(pageInfo.endCursor));
  return (
    <>
      <ul className={hasLead ? 'article-list has-lead' : 'article-list'} ref={list}>
        {edges.map(({ node }) => (
          <ArticleCard key={node.id} from={node} level={level} />
        ))}
      </ul>
      {pageInfo.hasNextPage && <MoreButton label={texts.moreArticles} onMore={more} {...state} />}
    </>
  );
}

function ArticleCard({
  from,
  level,
}: {
  readonly from: FragmentType<ArticleCardFragment>;
  readonly level: Level;
}) {
  const { data: article, complete } = useFragment({ fragment: ArticleCardDocument, from });
  if (!complete) return null;
  const { author, tags } = article;
  const Heading = `h${level}` as const;
  return (
    <li className="article-card" data-key={article.id}>
      <Heading {...written} className="article-card-title">
        <Link href={paths.article(article.slug)}>{article.title}</Link>
      </Heading>
      {article.standfirst !== null && (
        <p {...written} className="article-card-standfirst">
          {article.standfirst}
        </p>
      )}
      <p className="facts">
        <span>
          <Link {...written} href={paths.journalist(author.slug)}>
            {author.name}
          </Link>
          {author.location !== null && (
            <span className="facts-place">
              <bdi lang="">{author.location}</bdi>
            </span>
          )}
        </span>
        {article.publishedAt !== null && (
          <span>
            <Day time={article.publishedAt} />
          </span>
        )}
        <span>{texts.comments(article.commentCount)}</span>
        <span>{texts.endorsements(article.endorsementCount)}</span>
      </p>
      {tags !== null && tags.length > 0 && <TagList tags={tags} />}
    </li>
  );
}

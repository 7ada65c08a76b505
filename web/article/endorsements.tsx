import { useApolloClient, useFragment } from '@apollo/client/react';
import { type FragmentType } from '@apollo/client/masking';
import { graphql } from '../graphql/generated/gql.ts';
import { type EndorsementCardFragment, type EndorsementsFragment } from '../graphql/generated/graphql.ts';
import { Day } from '../layout/time.tsx';
import { written } from '../layout/written.ts';
import { useReader } from '../session/reader-context.ts';
import { texts } from '../texts.ts';
import { lateAnswersOf } from '../thread/late-answers.ts';
import { EndorseControl } from './endorse-control.tsx';

const EndorsementCardDocument = graphql(`
  fragment EndorsementCard on Endorsement {
    id
    displayName
    sharesNameWithJournalist
    affiliation
    statement
    origin
    createdAt
  }
`);

const EndorsementsDocument = graphql(`
  fragment Endorsements on Article {
    id
    slug
    status
    endorsementCount
    canEndorseByMail
    viewerCanEndorse
    viewerEndorsement {
      id
    }
    endorsements(first: 6) {
      edges {
        cursor
        node {
          id
          ...EndorsementCard
        }
      }
      pageInfo {
        endCursor
        hasNextPage
      }
    }
  }
`);

const MoreEndorsements = graphql(`
  query MoreEndorsements($slug: String!, $after: Cursor) {
    article(slug: $slug) {
      id
      endorsements(first: 20, after: $after) {
        edges {
          cursor
          node {
            id
            ...EndorsementCard
          }
        }
        pageInfo {
          endCursor
          hasNextPage
        }
      }
    }
  }
`);

/** The article's endorsements, and the reader's own. Number and list are updated live. */
export function Endorsements({ from }: { readonly from: FragmentType<EndorsementsFragment> }) {
  const { data: article, complete } = useFragment({
    fragment: EndorsementsDocument,
    fragmentName: 'Endorsements',
    from,
  });
  const client = useApolloClient();
  const reader = useReader();
  if (!complete || article.status !== 'PUBLISHED') return null;
  const { edges, pageInfo } = article.endorsements ?? {
    edges: [],
    pageInfo: { endCursor: null, hasNextPage: false },
  };
  return (
    <section className="endorsements" aria-labelledby="endorsements">
      <h2 id="endorsements">{texts.endorsements(article.endorsementCount)}</h2>
      <div className="endorse-control">
        <EndorseControl article={article} />
      </div>
      <ul className="endorsement-list">
        {edges.map(({ node }) => (
          <EndorsementCard key={node.id} from={node} />
        ))}
      </ul>
      {pageInfo.hasNextPage && (
        <button
          type="button"
          onClick={() => {
            const variables = { slug: article.slug, after: pageInfo.endCursor };
            void lateAnswersOf(reader)
              .during(() => client.query({ query: MoreEndorsements, variables, fetchPolicy: 'network-only' }))
              // The button stays.
              .catch(() => undefined);
          }}
        >
          {texts.moreEndorsements}
        </button>
      )}
    </section>
  );
}

function EndorsementCard({ from }: { readonly from: FragmentType<EndorsementCardFragment> }) {
  const { data, complete } = useFragment({ fragment: EndorsementCardDocument, from });
  if (!complete) return null;
  return (
    <li className="endorsement">
      {data.statement !== null && (
        <p {...written} className="endorsement-statement">
          {data.statement}
        </p>
      )}
      <p className="endorsement-by">
        <span className="endorsement-name">
          <bdi lang="">{data.displayName}</bdi>
        </span>
        {data.sharesNameWithJournalist && <span>{texts.namesake}</span>}
        {data.affiliation !== null && (
          <span>
            <bdi lang="">{data.affiliation}</bdi>
          </span>
        )}
        <Day time={data.createdAt} />
        {data.origin === 'IMPORT' && <span>{texts.imported}</span>}
      </p>
    </li>
  );
}

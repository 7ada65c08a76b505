import { useApolloClient } from '@apollo/client/react';
import { useRef, useState } from 'react';
import { formatMoney } from '../format.ts';
import { graphql } from '../graphql/generated/gql.ts';
import { type BackersOfArticleQuery, type CampaignExtrasFragment } from '../graphql/generated/graphql.ts';
import { messageOf } from '../graphql/error-message.ts';
import { MoreButton } from '../layout/more-button.tsx';
import { Day } from '../layout/time.tsx';
import { texts } from '../texts.ts';

const BackersOfArticle = graphql(`
  query BackersOfArticle($slug: String!, $after: Cursor) {
    article(slug: $slug) {
      id
      campaign {
        id
        backers(first: 20, after: $after) {
          edges {
            cursor
            node {
              name
              sharesNameWithJournalist
              since
              amount {
                minorUnits
                currency
              }
            }
          }
          pageInfo {
            endCursor
            hasNextPage
          }
        }
      }
    }
  }
`);

type Page = NonNullable<NonNullable<NonNullable<BackersOfArticleQuery['article']>['campaign']>['backers']>;

interface Props {
  readonly slug: string;
  /** The newest named backers; undefined: not loaded yet. */
  readonly latest: NonNullable<CampaignExtrasFragment['backers']>['nodes'] | undefined;
  readonly backerCount: number;
  /** Whether this reader can pledge, as far as is known. */
  readonly canPledge: boolean;
}

/**
 * Those who have pledged and wish to be named: the newest ones in one line, which new ones change and never grow, and all
 * of them in a list that the reader opens.
 */
export function BackersLine({ slug, latest, backerCount, canPledge }: Props) {
  const client = useApolloClient();
  const list = useRef<HTMLUListElement>(null);
  const [pages, setPages] = useState<readonly Page[]>();
  const [isLoading, setLoading] = useState(false);
  const [trouble, setTrouble] = useState<string>();
  const end = pages?.at(-1)?.pageInfo;

  async function load(after: string | null, before: readonly Page[]) {
    if (isLoading) return;
    setLoading(true);
    setTrouble(undefined);
    try {
      const variables = { slug, after };
      const { data } = await client.query({ query: BackersOfArticle, variables, fetchPolicy: 'no-cache' });
      const page = data?.article?.campaign?.backers;
      if (page) setPages([...before, page]);
    } catch (error) {
      setTrouble(messageOf(error) ?? texts.unreachable);
    }
    setLoading(false);
  }

  return (
    <div className="backers">
      <p className="backers-line">
        <span className="backers-latest">
          {latest && (latest.length > 0 ? <Latest backers={latest} /> : withoutNames(backerCount, canPledge))}
        </span>
        {latest !== undefined && latest.length > 0 && (
          <button
            type="button"
            className="link-button"
            aria-expanded={pages !== undefined}
            aria-disabled={isLoading}
            onClick={() => (pages ? setPages(undefined) : void load(null, []))}
          >
            {pages ? texts.fewerBackers : texts.allBackers}
          </button>
        )}
      </p>
      {trouble !== undefined && !pages && (
        <p className="field-error" role="alert">
          {trouble}
        </p>
      )}
      {pages && (
        <ul ref={list} className="backer-list" aria-label={texts.backersTitle}>
          {pages.flatMap(({ edges }) =>
            edges.map(({ cursor, node: { name, sharesNameWithJournalist, since, amount } }) => (
              <li key={cursor}>
                <span className="backer-name">
                  <bdi lang="">{name}</bdi>
                </span>
                {sharesNameWithJournalist && <span className="comment-mark">{texts.namesake}</span>}
                <span>{formatMoney(amount)}</span>
                <Day time={since} />
              </li>
            )),
          )}
        </ul>
      )}
      {pages && end?.hasNextPage === true && (
        <MoreButton
          label={texts.moreBackers}
          isLoading={isLoading}
          isOnReturn={false}
          trouble={trouble}
          onMore={() => void load(end.endCursor, pages)}
        />
      )}
    </div>
  );
}

/** One sentence, in parts whose names can be cut where it is longer than its line. */
const Latest = ({ backers }: { readonly backers: NonNullable<Props['latest']> }) =>
  backers.map(({ name, sharesNameWithJournalist, amount }, index) => (
    <span key={index} className="backer-latest">
      <span>
        {index === 0 ? texts.backedBy : ','} <bdi lang="">{name}</bdi>
      </span>{' '}
      {sharesNameWithJournalist && <span>{texts.namesake} </span>}
      <span>({formatMoney(amount)})</span>
    </span>
  ));

function withoutNames(backerCount: number, canPledge: boolean): string {
  if (backerCount > 0) return texts.noBackersEver;
  return canPledge ? texts.noBackers : texts.noPledges;
}

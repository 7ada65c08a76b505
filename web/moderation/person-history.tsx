import { useApolloClient } from '@apollo/client/react';
import { useCallback, useMemo, useState } from 'react';
import { Loading, Trouble } from '../layout/messages.tsx';
import { MoreButton } from '../layout/more-button.tsx';
import { usePages } from '../layout/use-pages.ts';
import { DecisionItem, lastDecisions, type ListedDecision } from './decision-line.tsx';
import { LogList } from './log-list.tsx';
import { peopleTexts as words } from './people-texts.ts';
import { PersonDecisionsDocument } from './person-documents.ts';

type View = keyof typeof words.views;

const views = Object.keys(words.views) as View[];

interface Props {
  readonly personId: string;
  /** Changes with every decision on the page. */
  readonly version: string;
}

/** What was decided about a person, what the log has about them, and what they have done themselves. */
export function PersonHistory({ personId, version }: Props) {
  const [view, setView] = useState<View>('decisions');
  const filter = useMemo(() => (view === 'by' ? { actorId: personId } : { personId }), [personId, view]);
  return (
    <section className="mod-part mod-history" aria-labelledby="history">
      <div className="mod-part-head">
        <h2 id="history">{words.history}</h2>
        <div role="group" aria-label={words.viewsLabel} className="mod-views">
          {views.map((each) => (
            <button key={each} type="button" aria-pressed={each === view} onClick={() => setView(each)}>
              {words.views[each]}
            </button>
          ))}
        </div>
      </div>
      {view === 'decisions' ? (
        <Decisions personId={personId} version={version} />
      ) : (
        <LogList key={view} filter={filter} />
      )}
    </section>
  );
}

function Decisions({ personId, version }: Props) {
  const client = useApolloClient();
  const load = useCallback(
    async (first: number, after: string | null) => {
      const { data } = await client.query({
        query: PersonDecisionsDocument,
        variables: { id: personId, first, after },
        // Decisions are shown from the cache.
        fetchPolicy: 'network-only',
      });
      const page = data?.node?.__typename === 'Person' ? data.node.decisions : null;
      return page && { items: page.nodes, next: page.pageInfo.hasNextPage ? page.pageInfo.endCursor : null };
    },
    [client, personId],
  );
  const pages = usePages<ListedDecision>(load, version);
  const { items, hasMore, isLoading, trouble, more, reload } = pages;
  if (items === undefined)
    return trouble === undefined ? <Loading /> : <Trouble message={trouble} onRetry={reload} />;
  if (items.length === 0) return <p>{words.noDecisions}</p>;
  const last = lastDecisions(items);
  return (
    <>
      <ul className="mod-list">
        {items.map((decision) => (
          <DecisionItem key={decision.id} id={decision.id} isLast={last.has(decision.id)} />
        ))}
      </ul>
      {hasMore && (
        <MoreButton label={words.moreDecisions} isLoading={isLoading} trouble={trouble} onMore={more} />
      )}
    </>
  );
}

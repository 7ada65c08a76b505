import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { mergeByPlace } from './campaign-cache.ts';
import { relayStylePagination } from '@apollo/client/utilities';
import possibleTypes from '@standfirst/client/possible-types.json' with { type: 'json' };

/** Timeout of a request, in milliseconds: nothing else would end a request on a connection that was lost silently. */
const timeoutMs = 20_000;

/** @param send `fetch` of a `SessionKeeper` */
export function createApollo(send: typeof fetch): ApolloClient {
  // The arguments that select another list; all other arguments select a page of the same list. The pages of a thread
  // are combined by its own list (thread-list.ts), which also knows the place of an event's comment.
  const articles = relayStylePagination(['filter', 'orderBy']);
  return new ApolloClient({
    link: new HttpLink({
      uri: '/graphql',
      fetch: (input, init) => {
        const late = AbortSignal.timeout(timeoutMs);
        return send(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, late]) : late });
      },
    }),
    dataMasking: true,
    cache: new InMemoryCache({
      possibleTypes,
      typePolicies: {
        Query: {
          fields: {
            articles,
            search: relayStylePagination(['query']),
            // The front page's few are a list of their own.
            campaigns: relayStylePagination(['statuses', 'orderBy', 'first']),
          },
        },
        Journalist: { fields: { articles } },
        Tag: { fields: { articles } },
        Viewer: {
          fields: {
            articles,
            comments: relayStylePagination(['status']),
            decisions: relayStylePagination(),
            takenBackComments: relayStylePagination(),
            pledges: relayStylePagination(),
            sessions: { merge: false },
          },
        },
        Article: {
          fields: { endorsements: relayStylePagination(['featured']), signatures: { merge: false } },
        },
        // Events bring the states of milestones alone.
        Campaign: {
          fields: { milestones: { merge: mergeByPlace }, viewerPledges: { merge: false } },
        },
        FundingCurrency: { keyFields: ['code'] },
        DecisionNotice: { keyFields: ['decisionId'] },
        TakenBackComment: { keyFields: ['commentId'] },
        // A tombstone has no reactions.
        Comment: { fields: { reactions: { merge: false } } },
      },
    }),
  });
}

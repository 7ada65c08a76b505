import { ApolloClient, HttpLink, InMemoryCache } from '@apollo/client';
import { relayStylePagination } from '@apollo/client/utilities';
import possibleTypes from '@standfirst/client/possible-types.json' with { type: 'json' };

/** How long an answer is waited for, in milliseconds: on a line that has died without a word nothing else would end it. */
const timeoutMs = 20_000;

/**
 * @param send `fetch` of a `SessionKeeper`
 */
export function createApollo(send: typeof fetch): ApolloClient {
  // The arguments that make another list; all others ask for another page of the same one. A thread's pages are put together by
  // its own list (thread-list.ts), which also knows where an event belongs.
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
        Query: { fields: { articles, search: relayStylePagination(['query']) } },
        Journalist: { fields: { articles } },
        Tag: { fields: { articles } },
        Viewer: { fields: { articles, comments: relayStylePagination(['status']) } },
        Article: {
          fields: { endorsements: relayStylePagination(['featured']), signatures: { merge: false } },
        },
        // A tombstone has none.
        Comment: { fields: { reactions: { merge: false } } },
      },
    }),
  });
}

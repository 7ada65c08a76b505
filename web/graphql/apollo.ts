import { ApolloClient, ApolloLink, HttpLink, InMemoryCache } from '@apollo/client';
import { type GraphQLFormattedError } from 'graphql';
import { from, mergeMap, of } from 'rxjs';
import { mergeByPlace } from './campaign-cache.ts';
import { relayStylePagination } from '@apollo/client/utilities';
import { deviceHeader } from '../../src/platform/http/paths.ts';
import { deviceToken } from '../device.ts';
import possibleTypes from '@standfirst/client/possible-types.json' with { type: 'json' };

/** Timeout of a request, in milliseconds: nothing else would end a request on a connection that was lost silently. */
const timeoutMs = 20_000;

/** By the token of this browser the service recognises a sign-in: only mutations begin one, so that reading names no browser. */
const withDevice = new ApolloLink((operation, forward) => {
  if ((operation.operationType as string) === 'mutation')
    operation.setContext(({ headers }: { headers?: Record<string, string> }) => ({
      headers: { ...headers, [deviceHeader]: deviceToken() },
    }));
  return forward(operation);
});

/** Repeats an operation that takes a recent proof once the reader has given one. */
const withProof = (ask: () => Promise<boolean>): ApolloLink =>
  new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      mergeMap((result) =>
        isUnproven(result.errors)
          ? from(ask()).pipe(mergeMap((isProven) => (isProven ? forward(operation) : of(result))))
          : of(result),
      ),
    ),
  );

const isUnproven = (errors: readonly GraphQLFormattedError[] | undefined): boolean =>
  errors?.some(({ extensions }) => extensions?.code === 'PROOF_REQUIRED') === true;

/**
 * @param send `fetch` of a `SessionKeeper`
 * @param ask asks the reader for a proof of who they are. @returns whether they have given one
 */
export function createApollo(send: typeof fetch, ask: () => Promise<boolean>): ApolloClient {
  // The arguments that select another list; all other arguments select a page of the same list. The pages of a thread
  // are combined by its own list (thread-list.ts), which also knows the place of an event's comment.
  const articles = relayStylePagination(['filter', 'orderBy']);
  return new ApolloClient({
    link: ApolloLink.from([
      withProof(ask),
      withDevice,
      new HttpLink({
        uri: '/graphql',
        fetch: (input, init) => {
          const late = AbortSignal.timeout(timeoutMs);
          return send(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, late]) : late });
        },
      }),
    ]),
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

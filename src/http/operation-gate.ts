import {
  type ApolloServerPlugin,
  type GraphQLRequest,
  type GraphQLRequestContext,
  HeaderMap,
} from '@apollo/server';
import { GraphQLError, type GraphQLSchema, OperationTypeNode } from 'graphql';
import { type Budget, budgetSeconds, type CostBudget } from '../auth/cost-budget.ts';
import { RequestError } from '../errors.ts';
import type { Context } from '../graphql/context.ts';
import { checkCost } from '../graphql/cost.ts';
import type { Documents } from '../graphql/documents.ts';
import { conditionalRootOf, type DocumentLimits } from '../graphql/limits.ts';
import { ignoresCredential } from '../graphql/session-field.ts';
import type { DocumentReference, TrustedDocuments } from '../graphql/trusted-documents.ts';
import { budgetKey } from './budget-key.ts';
import type { DocumentReading } from './document-reading.ts';
import { streamPath } from './paths.ts';
import { isPublic } from './public-answers.ts';

export interface GateOptions {
  readonly schema: GraphQLSchema;
  readonly limits: DocumentLimits & { readonly maxQueryCost: number };
  readonly documents: Documents;
  /** Undefined: costs are not counted. */
  readonly budget: CostBudget | undefined;
  readonly reading: DocumentReading;
  /** Undefined: any operation may run. */
  readonly trusted: TrustedDocuments | undefined;
}

/** The error of a client that has spent its budget. */
export function outOfBudget(cost: number, { limit, resetSeconds }: Budget): RequestError {
  return new RequestError(
    'RATE_LIMITED',
    `The operation costs ${cost} points, and of ${limit} a minute not as many are left: try again in ${resetSeconds} s.`,
    { retryAfterSeconds: resetSeconds },
  );
}

/** Ids of documents stand beside the query, where Apollo does not look. */
function referenceOf({ query, extensions, http }: GraphQLRequest): DocumentReference {
  const body = (http?.body ?? {}) as { documentId?: unknown; id?: unknown };
  const search = new URLSearchParams(http?.search ?? '');
  return {
    query,
    extensions,
    documentId: body.documentId ?? search.get('documentId'),
    id: body.id ?? search.get('id'),
  };
}

/** Apollo's own would be looked for by its hash, or registered. */
function withoutPersistedQuery(request: GraphQLRequest): void {
  const { persistedQuery: _id, ...extensions } = request.extensions ?? {};
  request.extensions = extensions;
}

/**
 * Puts the listed document in the place of its id.
 * @throws RequestError
 */
function substitute(request: GraphQLRequest, trusted: TrustedDocuments): void {
  const reference = referenceOf(request);
  withoutPersistedQuery(request);
  request.query = trusted.resolve(reference);
}

/** The proof was refused, and the operation is not one that goes without. */
function unauthenticated(error: RequestError): GraphQLError {
  const headers = new HeaderMap([['www-authenticate', 'Bearer error="invalid_token"']]);
  return new GraphQLError(error.message, {
    originalError: error,
    extensions: { http: { status: 401, headers } },
  });
}

/** What one request costs, as far as it is known. */
interface Bill {
  requested?: number;
  budget?: Budget;
}

/** By draft-ietf-httpapi-ratelimit-headers. */
function budgetHeaders({ limit, remaining, resetSeconds }: Budget): readonly (readonly [string, string])[] {
  return [
    ['ratelimit-policy', `"cost";q=${limit};w=${budgetSeconds}`],
    ['ratelimit', `"cost";r=${remaining};t=${resetSeconds}`],
  ];
}

/**
 * Everything that is asked of an operation before it runs, in this order: that it may run here at all, that its
 * credential proved somebody, that it is no subscription, that it costs no more than one may, and that its client has as
 * much left. `extensions.cost` of the answer says what it was and what is left; a public answer, which caches keep, is
 * the same for everybody and leaves out the latter.
 */
export function gatePlugin({
  schema,
  limits,
  documents,
  budget,
  reading,
  trusted,
}: GateOptions): ApolloServerPlugin<Context> {
  const { maxQueryCost } = limits;

  /** @returns why the request may not run; what it sent is not even parsed then */
  async function admit({
    request,
    contextValue,
  }: GraphQLRequestContext<Context>): Promise<RequestError | GraphQLError | undefined> {
    try {
      if (trusted) substitute(request, trusted);
      else if (request.query) await read(request.query, contextValue);
      return undefined;
    } catch (error) {
      if (!(error instanceof RequestError || error instanceof GraphQLError)) throw error;
      // The hooks before parsing can't refuse; this stands in until the one that can.
      withoutPersistedQuery(request);
      request.query = '{ __typename }';
      return error;
    }
  }

  /** @throws RequestError RATE_LIMITED; GraphQLError for what Apollo must not see */
  async function read(source: string, client: Context): Promise<void> {
    const known = documents.find(source);
    // Apollo, which knows how to answer with all that is wrong, reads once more what is.
    if (known?.errors) await reading.admit(client, source, () => undefined);
    const { errors } = known ?? (await documents.read(source, (work) => reading.admit(client, source, work)));
    const conditional = errors && conditionalRootOf(schema, source, limits);
    if (conditional) throw conditional;
  }

  async function pass(asked: GraphQLRequestContext<Context>, bill: Bill): Promise<void> {
    const { document, operation, operationName, request, contextValue } = asked;
    if (document === undefined) return;
    const { credentialError } = contextValue;
    if (credentialError && !(operation && ignoresCredential(schema, document, operation)))
      throw unauthenticated(credentialError);
    if (operation?.operation === OperationTypeNode.SUBSCRIPTION)
      throw new RequestError(
        'BAD_REQUEST',
        `Subscriptions go over WebSocket, at this same address, or as Server-Sent Events at ${streamPath}.`,
      );
    const variables = request.variables ?? {};
    bill.requested = checkCost(
      { schema, document, operationName: operationName ?? undefined, variables },
      maxQueryCost,
    );
    if (budget === undefined) return;
    const spent = await budget.spend(budgetKey(contextValue), bill.requested);
    bill.budget = spent.budget;
    if (!spent.granted) throw outOfBudget(bill.requested, spent.budget);
  }

  function present(answered: GraphQLRequestContext<Context>, { requested, budget: left }: Bill): void {
    const { response } = answered;
    if (requested === undefined || response.body?.kind !== 'single') return;
    const told = isPublic(schema, answered) ? undefined : left;
    const cost = { requested, maximum: maxQueryCost, ...(told ? { budget: told } : {}) };
    const { singleResult } = response.body;
    singleResult.extensions = { ...singleResult.extensions, cost };
    for (const [name, value] of told ? budgetHeaders(told) : []) response.http.headers.set(name, value);
  }

  return {
    requestDidStart: async (began) => {
      const refused = await admit(began);
      const bill: Bill = {};
      return {
        didResolveSource: async (asked) => {
          const { source, contextValue } = asked;
          // Named by its id, or on the list, it was not read yet.
          const { document } = await documents.read(source, (work) => reading.turn(contextValue, work));
          if (document) Object.assign(asked, { document });
        },
        didResolveOperation: async (asked) => {
          if (refused) throw refused;
          await pass(asked, bill);
        },
        willSendResponse: (answered) => {
          present(answered, bill);
          return Promise.resolve();
        },
      };
    },
  };
}

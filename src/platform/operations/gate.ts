import { createHash } from 'node:crypto';
import {
  getOperationAST,
  type DocumentNode,
  type GraphQLFormattedError,
  type GraphQLSchema,
  type OperationDefinitionNode,
  type OperationTypeNode,
} from 'graphql';
import { LRUCache } from 'lru-cache';
import { clientKey } from '../auth/client-key.ts';
import { type PolicyState, rateLimited, type RateLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import { RequestError } from '../errors/errors.ts';
import type { PriceSettings } from '../graphql/price.ts';
import { needsProof, requireGrant } from '../graphql/needs-scope.ts';
import { ignoresCredential } from '../graphql/session-field.ts';
import type { Client } from './client.ts';
import { checkVariables, operationCost } from './cost.ts';
import { documentNumber } from './document-number.ts';
import type { Documents } from './documents.ts';
import { checkRequest, type OperationRequest } from './operation-request.ts';
import { type NamedDocument, PersistedDocuments } from './persisted-documents.ts';
import type { ReadDocument } from './read-document.ts';
import { plainRequestError, RefusedError } from './refused.ts';
import { checkTextLengths, pricedParts } from './text-lengths.ts';
import type { TrustedDocuments } from './trusted-documents.ts';
import type { Turns } from '../fairness/turns.ts';

// The gate admits all operations: POST, GET, WebSocket, event streams and the page's own queries.
//
// A carrier counts each request with `arrive` before it reads the request. `admit` then proceeds from cheap checks to
// expensive ones, and counts each step before doing it: types of the members → document by text or id → characters of
// an unknown document → parsing and validation, in turns → operation, credential, scopes of a machine token, lengths of
// texts, variables →
// price → the client's budget → a recent proof of who the viewer is. A refusal costs `refusalPoints` of the budget, whatever the reason. A `Door` describes
// the differences between carriers.

/** The bounds of operations of one type. */
export interface OperationBounds {
  /** The highest cost of one operation, in points. */
  readonly maxCost: number;
  /** The longest variables, in characters of JSON; absent: limited by the carrier's request size alone. */
  readonly maxVariableCharacters?: number;
}

/** The differences between carriers. */
export interface Door {
  /** The types of operations that may pass, and the bounds of each. */
  readonly takes: ReadonlyMap<OperationTypeNode, OperationBounds>;
  /** The refusal of an operation of any other type. */
  readonly refuse: (type: OperationTypeNode) => RequestError;
  /**
   * True for the node's own operations: they need not be listed as trusted, and parsing them is charged to no client.
   */
  readonly isOwn?: boolean;
}

/** An operation that may run. */
export interface Admitted {
  readonly source: string;
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  readonly operationName: string | undefined;
  readonly variables: Readonly<Record<string, unknown>>;
  /** In points. */
  readonly cost: number;
  readonly errors?: undefined;
}

/** A refused request, with the errors that its sender receives. */
export interface Refused {
  readonly errors: readonly GraphQLFormattedError[];
  /** The cost of the operation in points, where the request got so far. */
  readonly cost: number | undefined;
  /** True: the operation was of a type that this carrier does not take. */
  readonly wrongType: boolean;
}

export interface GateOptions {
  readonly schema: GraphQLSchema;
  readonly settings: PriceSettings;
  readonly documents: Documents;
  readonly rates: RateLimits;
  readonly turns: Turns;
  /** Undefined: any operation may run. */
  readonly trusted: TrustedDocuments | undefined;
  /** Checks that a session has a recent proof. @throws RequestError PROOF_REQUIRED */
  readonly requireProof: (viewer: Viewer) => Promise<void>;
  /** Called with the code of each error of a refusal. */
  readonly onRefused: (code: string) => void;
}

/** The outcome of counting a request. */
export interface Arrival {
  /** State of the policy `requests`; undefined where nothing is counted. */
  readonly state: PolicyState | undefined;
  /** The refusal of the request; nothing of it may be read then. */
  readonly refusal: RequestError | undefined;
}

/** Points that a refused request costs its client. */
export const refusalPoints = 10;

/** Fields of a document per point that its sender pays when its price is computed. */
export const fieldsOfPoint = 50;

/** Number of cached prices, and the longest key of one, in characters. */
const maxPrices = 10_000;
const maxPriceKey = 1024;

/** The price of an operation, or the errors for which it has none. */
type Price = { readonly cost: number } | { readonly errors: readonly GraphQLFormattedError[] };

/** Facts known about a request by the time it is refused. */
interface Progress {
  cost?: number;
  wrongType?: boolean;
}

export class Gate {
  readonly #persisted = new PersistedDocuments();
  readonly #prices = new LRUCache<string, Price>({ max: maxPrices });

  constructor(private readonly options: GateOptions) {}

  get schema(): GraphQLSchema {
    return this.options.schema;
  }

  /** Counts a request by its address, before any of it is read. */
  async arrive(address: string): Promise<Arrival> {
    const { rates, onRefused } = this.options;
    const taken = await rates.take('requests', address);
    if (taken?.granted === false) {
      onRefused('RATE_LIMITED');
      return { state: taken.state, refusal: rateLimited(taken.state) };
    }
    return { state: taken?.state, refusal: undefined };
  }

  /** Waits for a turn to receive a request, or to continue with one that has arrived; undefined: no wait is needed. */
  turn(address: string): Promise<void> | undefined {
    return this.options.turns.enter(`arrival:${address}`);
  }

  /** Decides whether an operation may run, and charges its client. */
  async admit(received: unknown, client: Client, door: Door): Promise<Admitted | Refused> {
    const progress: Progress = {};
    try {
      return await this.#admit(received, client, door, progress);
    } catch (error) {
      return this.refuse(error, client, progress);
    }
  }

  /**
   * Charges for a refused request; for `admit`, and for carriers that cannot form an operation from the request.
   * @throws the given error where it is not a refusal
   */
  async refuse(error: unknown, client: Client, { cost, wrongType = false }: Progress = {}): Promise<Refused> {
    const errors = errorsOf(error);
    for (const { extensions } of errors) this.options.onRefused(String(extensions?.code));
    if (!isFree(error)) await client.limits.charge(refusalPoints);
    return { errors, cost, wrongType };
  }

  async #admit(received: unknown, client: Client, door: Door, progress: Progress): Promise<Admitted> {
    await client.limits.requireSolvent();
    const request = checkRequest(received);
    this.options.documents.requireLength(request.query);
    const named = this.#name(request, client, door);
    const token = client.viewer?.token;
    // Before the document is read: with such a token no other one is.
    if (token?.documents && !token.documents.has(sha256(named.source)))
      throw new RequestError('FORBIDDEN', 'The token runs only the documents that it was made for.');
    const read = await this.#read(named.source, client, door);
    if (read.errors) throw new RefusedError(read.errors);
    const { document, extent } = read;
    const { operationName, variables } = request;
    const operation = getOperationAST(document, operationName);
    if (!operation)
      throw operationName === undefined
        ? new RequestError('OPERATION_RESOLUTION_FAILURE', unnamed)
        : new RequestError('OPERATION_RESOLUTION_FAILURE');
    const bounds = door.takes.get(operation.operation);
    if (!bounds) {
      progress.wrongType = true;
      throw door.refuse(operation.operation);
    }
    const { credentialError } = client;
    if (credentialError && !ignoresCredential(this.options.schema, document, operation))
      throw credentialError;
    if (token) requireGrant(token, this.options.schema, document, operation);
    checkLength(variables, bounds);
    const { schema, settings } = this.options;
    checkTextLengths({ schema, document, operation, variables, settings });
    checkVariables(schema, operation, variables);
    const cost = await this.#price({ document, operation, variables }, client, extent.fields);
    progress.cost = cost;
    if (cost > bounds.maxCost)
      throw new RequestError(
        'QUERY_TOO_COSTLY',
        `The operation may cost ${cost} points of ${bounds.maxCost} allowed.`,
        { cost, maxCost: bounds.maxCost },
      );
    await client.limits.spend(cost);
    // Whoever is signed out is told so by the operation. What a token may select it may without a proof.
    if (client.viewer && !token && needsProof(schema, document, operation))
      await this.options.requireProof(client.viewer);
    this.#persisted.register(named);
    return { source: named.source, document, operation, operationName, variables, cost };
  }

  /** The documents to which a request is limited; undefined: it may send any. */
  #trustedOf({ isGateway }: Client, { isOwn }: Door): TrustedDocuments | undefined {
    return isOwn || isGateway ? undefined : this.options.trusted;
  }

  #name(request: OperationRequest, client: Client, door: Door): NamedDocument {
    const trusted = this.#trustedOf(client, door);
    return trusted ? { source: trusted.resolve(request) } : this.#persisted.resolve(request);
  }

  async #read(source: string, client: Client, door: Door): Promise<ReadDocument> {
    const { documents } = this.options;
    const known = documents.find(source);
    if (known) return known;
    // Charged for every request, including those that wait for the parsing of the same document. Trusted documents were
    // validated at start.
    if (!door.isOwn && !this.#trustedOf(client, door)) await client.limits.useDocument(source.length);
    return documents.read(source, (work) => this.options.turns.take(clientKey(client), work));
  }

  /** @throws RefusedError, RequestError */
  async #price(asked: Priceable, client: Client, fields: number): Promise<number> {
    const key = this.#priceKey(asked);
    let price = key === undefined ? undefined : this.#prices.get(key);
    if (price === undefined) {
      await client.limits.charge(Math.floor(fields / fieldsOfPoint));
      price = await this.options.turns.take(clientKey(client), () => this.#reckon(asked));
      if (key !== undefined) this.#prices.set(key, price);
    }
    if ('errors' in price) throw new RefusedError(price.errors);
    return price.cost;
  }

  #reckon({ document, operation, variables }: Priceable): Price {
    const { schema, settings } = this.options;
    try {
      return { cost: operationCost({ schema, document, operation, variables, settings }) };
    } catch (error) {
      // Not the error itself, whose stack references the document and the variables.
      return { errors: errorsOf(error) };
    }
  }

  /** Strings are replaced by what affects the price: with cursors and ids every key would be unique. */
  #priceKey({ document, operation, variables }: Priceable): string | undefined {
    const key = `${documentNumber(document)} ${operation.name?.value ?? ''} ${JSON.stringify(variables, withoutTexts)}`;
    return key.length <= maxPriceKey ? key : undefined;
  }
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

const unnamed = 'The document has several operations, or none: `operationName` says which one to run.';

type Priceable = Pick<Admitted, 'document' | 'operation' | 'variables'>;

const withoutTexts = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? String(pricedParts(value)) : value;

/**
 * A client without points pays nothing more. Exceeding the policy `documents` is charged, as it is only found after the
 * document was received.
 */
const isFree = (error: unknown): boolean =>
  error instanceof RequestError && error.code === 'RATE_LIMITED' && error.details.policy !== 'documents';

function errorsOf(error: unknown): readonly GraphQLFormattedError[] {
  if (error instanceof RefusedError) return error.errors;
  if (error instanceof RequestError) return [plainRequestError(error)];
  throw error;
}

/** @throws RequestError BAD_USER_INPUT */
function checkLength(
  variables: Record<string, unknown>,
  { maxVariableCharacters: max }: OperationBounds,
): void {
  if (max === undefined || JSON.stringify(variables).length <= max) return;
  throw new RequestError('BAD_USER_INPUT', `The variables of a subscription take ${max} characters at most.`);
}

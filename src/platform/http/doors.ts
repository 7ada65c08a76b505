import { OperationTypeNode } from 'graphql';
import { RequestError } from '../errors/errors.ts';
import type { Door, OperationBounds } from '../operations/gate.ts';
import { streamPath } from './paths.ts';

export interface DoorSettings {
  readonly maxQueryCost: number;
  readonly maxEventCost: number;
}

const { QUERY, MUTATION, SUBSCRIPTION } = OperationTypeNode;

/**
 * The longest variables of a subscription, in characters of JSON: the variables are kept for as long as it is open.
 */
export const maxSubscriptionVariables = 8192;

const wrongType = (type: OperationTypeNode): RequestError =>
  type === SUBSCRIPTION
    ? new RequestError(
        'BAD_REQUEST',
        `Subscriptions go over WebSocket, or as Server-Sent Events: at this same address with \`Accept: text/event-stream\`, or at ${streamPath}.`,
      )
    : new RequestError('BAD_REQUEST', 'GET takes queries only: send mutations by POST.');

/** The gate's rules for each carrier. */
export interface Doors {
  /** The highest cost of a query or mutation, in points. */
  readonly maxQueryCost: number;
  readonly post: Door;
  readonly get: Door;
  /** As `post` and `get`, for clients that accept a stream of events. */
  readonly streamPost: Door;
  readonly streamGet: Door;
  /** WebSocket, and the address of event streams. */
  readonly live: Door;
  /** The service's own operations, whose data its HTML, its feeds and the like show. */
  readonly page: Door;
}

export function doorsOf({ maxQueryCost, maxEventCost }: DoorSettings): Doors {
  const bounds = { maxCost: maxQueryCost };
  const query = [QUERY, bounds] as const;
  const mutation = [MUTATION, bounds] as const;
  const subscription = [
    SUBSCRIPTION,
    { maxCost: Math.min(maxQueryCost, maxEventCost), maxVariableCharacters: maxSubscriptionVariables },
  ] as const;
  return {
    maxQueryCost,
    post: { takes: new Map([query, mutation]), refuse: wrongType },
    get: { takes: new Map([query]), refuse: wrongType },
    streamPost: {
      takes: new Map<OperationTypeNode, OperationBounds>([query, mutation, subscription]),
      refuse: wrongType,
    },
    streamGet: {
      takes: new Map<OperationTypeNode, OperationBounds>([query, subscription]),
      refuse: wrongType,
    },
    live: { takes: new Map([subscription]), refuse: () => new RequestError('SUBSCRIPTIONS_ONLY') },
    // Without a limit, because clients can't make these operations more costly; their cost is still charged to the
    // reader.
    page: {
      takes: new Map([[QUERY, { maxCost: Number.POSITIVE_INFINITY }]]),
      refuse: wrongType,
      isOwn: true,
    },
  };
}

import { OperationTypeNode } from 'graphql';
import { RequestError } from '../errors/errors.ts';
import type { Door } from '../operations/gate.ts';
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
        `Subscriptions go over WebSocket, at this same address, or as Server-Sent Events at ${streamPath}.`,
      )
    : new RequestError('BAD_REQUEST', 'GET takes queries only: send mutations by POST.');

/** The gate's rules for each carrier. */
export interface Doors {
  readonly post: Door;
  readonly get: Door;
  /** WebSocket and event streams. */
  readonly live: Door;
  /** The service's own operations, whose data its HTML, its feeds and the like show. */
  readonly page: Door;
}

export function doorsOf({ maxQueryCost, maxEventCost }: DoorSettings): Doors {
  const queries = { maxCost: maxQueryCost, refuse: wrongType };
  return {
    post: { ...queries, takes: new Set([QUERY, MUTATION]) },
    get: { ...queries, takes: new Set([QUERY]) },
    live: {
      takes: new Set([SUBSCRIPTION]),
      refuse: () => new RequestError('SUBSCRIPTIONS_ONLY'),
      maxCost: Math.min(maxQueryCost, maxEventCost),
      maxVariableCharacters: maxSubscriptionVariables,
    },
    // Without a limit, because clients can't make these operations more costly; their cost is still charged to the
    // reader.
    page: { ...queries, takes: new Set([QUERY]), maxCost: Number.POSITIVE_INFINITY, isOwn: true },
  };
}

import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ClientLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { Context } from '../graphql/context.ts';

/** Registers addresses. What it changes of the server, such as a parser of bodies, is for its own addresses alone. */
export type Routes = (app: FastifyInstance) => Promise<void>;

/** Who sends a request, for addresses that are no GraphQL. */
export interface Requests {
  /** The context of a client that is taken as signed out. */
  readonly anonymous: (request: FastifyRequest) => Context;
  /**
   * Whoever has a session, for what no machine token may do.
   * @throws RequestError UNAUTHENTICATED
   */
  readonly person: (
    request: FastifyRequest,
  ) => Promise<{ readonly viewer: Viewer; readonly limits: ClientLimits }>;
}

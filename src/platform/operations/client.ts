import type { ClientLimits } from '../auth/rate-limits.ts';
import type { Viewer } from '../auth/viewer.ts';
import type { RequestError } from '../errors/errors.ts';

/** The client of one request, as the gate knows it. */
export interface Client {
  readonly viewer: Viewer | null;
  /** The counted form of the client's address, see `countedAddress`. */
  readonly address: string;
  /** The refusal of the request's credential; absent without a credential and with a valid one. */
  readonly credentialError?: RequestError;
  readonly limits: ClientLimits;
  /** True for a gateway of Apollo Federation that has proven to be one: its operations need not be trusted. */
  readonly isGateway?: boolean;
}

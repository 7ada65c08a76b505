import { clientOf, type Viewer } from './viewer.ts';

/**
 * The key under which a client's work is counted and queued: the account or the machine token that the request has
 * authenticated as, else the address.
 */
export function clientKey({
  viewer,
  address,
}: {
  readonly viewer: Viewer | null;
  readonly address: string;
}): string {
  return viewer ? clientOf(viewer) : `address:${address}`;
}

import { type Fault } from '../layout/use-faults.ts';
import { type Reader } from './session.ts';

/** The payload of what begins a session. */
export interface SessionAnswer {
  readonly session: {
    readonly accessToken: string;
    readonly refreshToken: string;
    readonly expiresAt: string;
  } | null;
  readonly viewer: { readonly id: string } | null;
  /** What has to follow the password of an account that needs two factors. */
  readonly secondStep?: { readonly token: string } | null;
  readonly userErrors: readonly Fault[];
}

/** Signs the reader in, if the service has. @returns whether it has */
export function begin(reader: Reader, { session, viewer }: SessionAnswer): boolean {
  if (!session || !viewer) return false;
  const { accessToken, refreshToken, expiresAt } = session;
  reader.set({ accessToken, refreshToken, expiresAt, viewerId: viewer.id });
  return true;
}

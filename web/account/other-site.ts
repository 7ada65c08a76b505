import { safeNext } from '../paths.ts';
import { hasSignedOut } from '../session/issuer-mark.ts';
import { hasTexts, inTab, readStored, writeStored } from '../storage.ts';

/*
 * What this tab keeps while its reader is at another site to sign in there. The secret proves that it is this tab which
 * began: a code that came in by a link of somebody else signs nobody in.
 */

/** A sign-in at another site that this tab has begun. */
export interface Departure {
  readonly secret: string;
  /** Whether the login signs in, is linked to the account that is signed in, or proves who its reader is. */
  readonly purpose: 'link' | 'prove' | 'sign-in';
  /** Name of the other site. */
  readonly name: string;
  readonly issuerId: string;
  /** The page that the reader came from. */
  readonly next: string;
}

/** A sign-in from which the reader has come back. */
interface Return extends Departure {
  readonly code: string;
}

const [departureKey, returnKey] = ['standfirst.other-site', 'standfirst.other-site-code'];

const isDeparture = (value: unknown): value is Departure =>
  hasTexts(value, ['secret', 'purpose', 'name', 'issuerId', 'next']);

const isReturn = (value: unknown): value is Return => hasTexts(value, ['code']) && isDeparture(value);

const base64url = (bytes: ArrayBuffer | Uint8Array): string =>
  btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll('+', '-')
    .replaceAll('/', '_')
    .replaceAll('=', '');

/**
 * Leads the browser to another site.
 * @returns false if this browser can't: it stores nothing, or the page came unencrypted
 */
export async function leaveFor(
  issuer: { readonly id: string; readonly name: string; readonly path: string },
  { purpose, next }: Pick<Departure, 'purpose' | 'next'>,
): Promise<boolean> {
  if (!isSecureContext) return false;
  const secret = base64url(crypto.getRandomValues(new Uint8Array(32)));
  const hash = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(secret));
  const departure = { secret, purpose, name: issuer.name, issuerId: issuer.id, next };
  if (!writeStored(departureKey, departure, inTab)) return false;
  const prompt = purpose === 'prove' || hasSignedOut() ? '&prompt=login' : '';
  location.assign(`${issuer.path}?challenge=${base64url(hash)}${prompt}`);
  return true;
}

/** What the other site has answered: a code for this tab, or why there is none. */
export type Arrival =
  | { readonly kind: 'code'; readonly code: string; readonly departure: Departure }
  | { readonly kind: 'error'; readonly error: string; readonly next: string | undefined };

/**
 * Takes the answer out of the address, which ends up in the history. This tab keeps it through a reload, until
 * `forgetArrival`.
 */
export function takeArrival(): Arrival {
  const given = new URLSearchParams(location.hash.slice(1));
  history.replaceState(history.state, '', location.pathname);
  const departure = readStored(departureKey, isDeparture, inTab);
  const [code, error] = [given.get('code'), given.get('error')];
  if (code === null && error === null) {
    const kept = readStored(returnKey, isReturn, inTab);
    return kept ? codeOf(kept.code, kept) : { kind: 'error', error: 'expired', next: undefined };
  }
  writeStored(departureKey, undefined, inTab);
  if (code === null || !departure)
    return { kind: 'error', error: error ?? 'expired', next: departure && safeNext(departure.next) };
  writeStored(returnKey, { ...departure, code }, inTab);
  return codeOf(code, departure);
}

const codeOf = (code: string, departure: Departure): Arrival => ({
  kind: 'code',
  code,
  departure: { ...departure, next: safeNext(departure.next) },
});

/** Forgets a code that was used, or will never be. */
export const forgetArrival = (): boolean => writeStored(returnKey, undefined, inTab);

import { type Claims, isSubject } from './identity.ts';
import { WrongToken } from './issuer-token.ts';

/** Age up to which a notice is accepted, in seconds. */
export const noticeMaxAgeSeconds = 300;

/** Longest notice, in characters. */
export const maxNoticeLength = 8192;

const event = 'http://schemas.openid.net/event/backchannel-logout';

/** An issuer's notice that a person has signed out there. One of subject and session is not null. */
export interface LogoutNotice {
  readonly issuer: string;
  /** The issuer's key of the person; null: the notice is of a session alone. */
  readonly subject: string | null;
  /** The issuer's own session; null: all of the person's. */
  readonly session: string | null;
  /** The notice's id (`jti`), unique for its issuer. */
  readonly id: string;
}

const isObject = (value: unknown): value is Claims =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * Reads the claims of a logout token whose signature, issuer, audience and times were checked: OpenID Connect Back-Channel Logout 1.0,
 * section 2.6. An ID token has no `events` and may have a `nonce`, so none is taken for a notice.
 * @throws WrongToken
 */
export function readLogoutNotice(issuer: string, claims: Claims): LogoutNotice {
  const { events, sub, sid, jti } = claims;
  if (claims.nonce !== undefined) throw new WrongToken('nonce');
  if (!isObject(events) || !isObject(events[event])) throw new WrongToken('events');
  if (sub !== undefined && !isSubject(sub)) throw new WrongToken('sub');
  if (sid !== undefined && !isSubject(sid)) throw new WrongToken('sid');
  if (sub === undefined && sid === undefined) throw new WrongToken('sub');
  if (!isSubject(jti)) throw new WrongToken('jti');
  return { issuer, subject: sub ?? null, session: sid ?? null, id: jti };
}

import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../../../platform/errors/errors.ts';
import { countedAddress } from '../../../platform/http/client-address.ts';
import { ClientPlaces, NoPlace } from '../../../platform/fairness/client-places.ts';
import {
  issuerLogoutPath,
  signInCallbackPath,
  signInIssuerPath,
  signOutIssuerPath,
} from '../../../platform/http/paths.ts';
import type { Routes } from '../../../platform/http/requests.ts';
import { bodyOf, receiveBytes } from '../../../platform/http/received-bytes.ts';

/** Where the browser goes next, and the cookie that it takes along; an empty one is deleted. */
interface NextStep {
  readonly location: string;
  readonly cookie: { readonly value: string; readonly maxAgeSeconds: number };
}

/** The steps of a sign-in at another site. */
export interface SignInSteps {
  has(issuerId: string): boolean;
  begin(issuerId: string, challenge: string, prompt?: 'login'): Promise<NextStep>;
  finish(
    issuerId: string,
    returned: { cookie: string; parameters: URLSearchParams; client: string },
    count: () => Promise<void>,
  ): Promise<NextStep>;
  refuse(): NextStep;
  leave(issuerId: string): Promise<string>;
  takeLogout(issuerId: string, token: string): Promise<'ended' | 'refused' | 'unavailable'>;
}

export interface SignInRoutes {
  readonly steps: SignInSteps;
  /** Counts an attempt to sign in. @throws RequestError RATE_LIMITED */
  readonly count: (request: FastifyRequest) => Promise<void>;
  /** Whether browsers reach the site encrypted: then the cookie never travels otherwise. */
  readonly isEncrypted: () => boolean;
}

interface IssuerRoute {
  Params: { issuerId: string };
}

const cookieName = 'standfirst-sign-in';

/** With this prefix browsers take the cookie from this host alone, and send it encrypted. */
const hostPrefix = '__Host-';

/** Longest body of an issuer's notice, in bytes. */
const maxNoticeBytes = 16_384;

/** Notices of one process that are checked at a time, shared by their clients. */
const maxNoticesAtOnce = 32;

const noticeStatus = { ended: 200, refused: 400, unavailable: 503 } as const;

/** Longest cookie that is read, in characters. */
const maxCookieLength = 2048;

/**
 * The addresses through which a browser goes to an issuer and comes back. The cookie is no credential, and no other
 * address reads it. There is one: a sign-in that begins later in the same browser takes its place.
 */
export function signInRoutes({ steps, count, isEncrypted }: SignInRoutes): Routes {
  const nameOf = (): string => (isEncrypted() ? `${hostPrefix}${cookieName}` : cookieName);
  const go = (reply: FastifyReply, { location, cookie }: NextStep): FastifyReply => {
    const attributes = [
      `${nameOf()}=${cookie.value}`,
      'Path=/',
      `Max-Age=${cookie.maxAgeSeconds}`,
      'HttpOnly',
      'SameSite=Lax',
      ...(isEncrypted() ? ['Secure'] : []),
    ];
    return reply
      .headers({ 'cache-control': 'no-store', 'set-cookie': attributes.join('; ') })
      .redirect(location, 303);
  };
  return (app) => {
    // The query has the issuer's code.
    const options = { exposeHeadRoute: false, config: { hasSecretPath: true } };
    app.get<IssuerRoute>(signInIssuerPath, options, async (request, reply) => {
      const issuerId = requireIssuer(steps, request.params.issuerId);
      const asked = queryOf(request.url);
      const prompt = asked.get('prompt') === 'login' ? 'login' : undefined;
      return go(reply, await steps.begin(issuerId, asked.get('challenge') ?? '', prompt));
    });
    app.get<IssuerRoute>(signInCallbackPath, options, async (request, reply) => {
      const issuerId = requireIssuer(steps, request.params.issuerId);
      const returned = {
        cookie: cookieOf(request, nameOf()),
        parameters: queryOf(request.url),
        client: countedAddress(request.ip),
      };
      const step = await steps
        .finish(issuerId, returned, () => count(request))
        .catch((error: unknown) => {
          if (error instanceof RequestError && error.code === 'RATE_LIMITED') return steps.refuse();
          throw error;
        });
      return go(reply, step);
    });
    app.get<IssuerRoute>(signOutIssuerPath, { exposeHeadRoute: false }, async (request, reply) => {
      const page = await steps.leave(requireIssuer(steps, request.params.issuerId));
      return reply.header('cache-control', 'no-store').redirect(page, 303);
    });
    const places = new ClientPlaces({ most: maxNoticesAtOnce, mostOfAddress: maxNoticesAtOnce });
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('application/x-www-form-urlencoded', receiveBytes);
    app.post<IssuerRoute>(issuerLogoutPath, { bodyLimit: maxNoticeBytes }, async (request, reply) => {
      const issuerId = requireIssuer(steps, request.params.issuerId);
      const token = new URLSearchParams(bodyOf(request).join().toString()).get('logout_token');
      if (token === null) return answerNotice(reply, 'refused');
      try {
        const take = () => steps.takeLogout(issuerId, token);
        return answerNotice(reply, await places.run(countedAddress(request.ip), take));
      } catch (error) {
        if (error instanceof NoPlace) return answerNotice(reply, 'unavailable');
        throw error;
      }
    });
    return Promise.resolve();
  };
}

/** As OpenID Connect Back-Channel Logout, section 2.8, has it. */
const answerNotice = (reply: FastifyReply, outcome: keyof typeof noticeStatus): FastifyReply =>
  reply
    .code(noticeStatus[outcome])
    .header('cache-control', 'no-store')
    .send(
      outcome === 'ended'
        ? undefined
        : { error: outcome === 'refused' ? 'invalid_request' : 'temporarily_unavailable' },
    );

/** @throws RequestError NOT_FOUND */
function requireIssuer(steps: SignInSteps, issuerId: string): string {
  if (!steps.has(issuerId)) throw new RequestError('NOT_FOUND', 'There is nothing at this address.');
  return issuerId;
}

const queryOf = (url: string): URLSearchParams => new URLSearchParams(url.split('?')[1] ?? '');

function cookieOf({ headers }: FastifyRequest, name: string): string {
  const given = (headers.cookie ?? '').split('; ').find((pair) => pair.startsWith(`${name}=`));
  return (given?.slice(name.length + 1) ?? '').slice(0, maxCookieLength);
}

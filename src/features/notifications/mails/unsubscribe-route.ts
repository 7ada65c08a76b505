import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { countedAddress } from '../../../platform/http/client-address.ts';
import { unsubscribePath } from '../../../platform/http/paths.ts';
import { receiveBytes } from '../../../platform/http/received-bytes.ts';
import { askPage, donePage, pageHeaders, unknownPage } from './unsubscribe-page.ts';

/** Most bytes of a form: programs for mail send `List-Unsubscribe=One-Click` (RFC 8058). */
const maxFormBytes = 4096;

export interface UnsubscribeRoute {
  /** Names of what a link's mails tell of; undefined: the link is none. */
  readonly kindsOf: (client: string, token: string) => Promise<readonly string[] | undefined>;
  /** Ends the mails. @returns false if the link is none */
  readonly end: (client: string, token: string) => Promise<boolean>;
}

type TokenRequest = FastifyRequest<{ Params: { token: string } }>;

const clientOf = ({ ip }: FastifyRequest): string => `address:${countedAddress(ip)}`;

/**
 * The addresses that end mails, for programs and for people without a session: a POST ends them, whatever its body says, and a
 * GET shows a page with a button and changes nothing, because programs that check mails follow all links.
 */
export function unsubscribeRoute({ kindsOf, end }: UnsubscribeRoute) {
  // Encapsulated: forms are understood at these addresses only.
  return (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', receiveBytes);
    const options = { bodyLimit: maxFormBytes, config: { hasSecretPath: true } };
    app.get(`${unsubscribePath}/:token`, options, async (request: TokenRequest, reply) => {
      const kinds = await kindsOf(clientOf(request), request.params.token);
      return send(reply, kinds ? askPage(kinds) : undefined);
    });
    app.post(`${unsubscribePath}/:token`, options, async (request: TokenRequest, reply) =>
      send(reply, (await end(clientOf(request), request.params.token)) ? donePage : undefined),
    );
    return Promise.resolve();
  };
}

const send = (reply: FastifyReply, page: string | undefined): FastifyReply =>
  reply
    .code(page === undefined ? 404 : 200)
    .headers(pageHeaders)
    .send(page ?? unknownPage);

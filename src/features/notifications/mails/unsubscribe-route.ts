import type { FastifyReply, FastifyRequest } from 'fastify';
import { countedAddress } from '../../../platform/http/client-address.ts';
import type { Routes } from '../../../platform/http/requests.ts';
import { unsubscribePath } from '../../../platform/http/paths.ts';
import { receiveBytes } from '../../../platform/http/received-bytes.ts';
import type { NotificationDeclarations } from '../../../platform/feature/notification.ts';
import type { MailPreferenceService } from './mail-preference.service.ts';
import { askPage, donePage, pageHeaders, unknownPage } from './unsubscribe-page.ts';

/** Most bytes of a form: programs for mail send `List-Unsubscribe=One-Click` (RFC 8058). */
const maxFormBytes = 4096;

type TokenRequest = FastifyRequest<{ Params: { token: string } }>;

const clientOf = ({ ip }: FastifyRequest): string => `address:${countedAddress(ip)}`;

/**
 * The addresses that end mails, for programs and for people without a session: a POST ends them, whatever its body says, and a
 * GET shows a page with a button and changes nothing, because programs that check mails follow all links.
 */
export function unsubscribeRoutes(
  preferences: MailPreferenceService,
  declared: NotificationDeclarations,
): Routes {
  return (app) => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', receiveBytes);
    const options = { bodyLimit: maxFormBytes, config: { hasSecretPath: true } };
    app.get(`${unsubscribePath}/:token`, options, async (request: TokenRequest, reply) => {
      const kinds = await preferences.kindsOfLink(clientOf(request), request.params.token);
      return send(reply, kinds && askPage(kinds.map((kind) => declared[kind]?.title ?? kind)));
    });
    app.post(`${unsubscribePath}/:token`, options, async (request: TokenRequest, reply) =>
      send(
        reply,
        (await preferences.endByLink(clientOf(request), request.params.token)) ? donePage : undefined,
      ),
    );
    return Promise.resolve();
  };
}

const send = (reply: FastifyReply, page: string | undefined): FastifyReply =>
  reply
    .code(page === undefined ? 404 : 200)
    .headers(pageHeaders)
    .send(page ?? unknownPage);

import type { FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../../../platform/errors/errors.ts';
import { paymentNoticePath } from '../../../platform/http/paths.ts';
import type { Routes } from '../../../platform/http/requests.ts';
import { bodyOf, receiveBytes } from '../../../platform/http/received-bytes.ts';
import { SignatureError } from '../../../platform/payments/provider-errors.ts';
import type { PaymentPages } from '../../../platform/payments/payment-pages.ts';
import type { Provider, ProviderEvent } from '../../../platform/payments/provider.ts';

/** Most bytes of a notice. */
const maxBytes = 262_144;

/** Most bytes of a form of the test provider. */
const maxFormBytes = 4096;

export interface PaymentRoutes {
  readonly provider: Provider;
  /** Stores a notice, once; resolves after the commit. */
  readonly onNotice: (event: ProviderEvent) => Promise<void>;
  /** Undefined: the provider has its own. */
  readonly pages: PaymentPages | undefined;
}

/**
 * The address to which the payment provider sends notices, and the pages of a provider that has none. A notice is stored and
 * then answered; what it is about is read from the provider afterwards.
 */
export function paymentRoutes({ provider, onNotice, pages }: PaymentRoutes): Routes {
  return (app) => {
    // Signatures are of the body as it was sent.
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', receiveBytes);
    app.post(paymentNoticePath, { bodyLimit: maxBytes }, async (request, reply) => {
      await onNotice(readEvent(provider, request));
      return reply.code(200).send({ received: true });
    });
    if (pages)
      app.route({
        url: `${pages.path}*`,
        method: ['GET', 'POST'],
        bodyLimit: maxFormBytes,
        // Whoever knows the address of a page may use it.
        config: { hasSecretPath: true },
        handler: (request, reply) => sendPage(pages.handle, request, reply),
      });
    return Promise.resolve();
  };
}

/** @throws RequestError BAD_REQUEST */
function readEvent(provider: Provider, request: FastifyRequest): ProviderEvent {
  const signature = request.headers['stripe-signature'];
  try {
    const event = provider.readEvent(
      bodyOf(request).join(),
      typeof signature === 'string' ? signature : undefined,
    );
    if (event.testMode !== provider.testMode)
      throw new RequestError('BAD_REQUEST', 'The notice is of the other mode.');
    return event;
  } catch (error) {
    if (error instanceof SignatureError)
      throw new RequestError(
        'BAD_REQUEST',
        'The signature is missing, wrong, or not of about now, or the body is no notice.',
      );
    throw error;
  }
}

async function sendPage(
  handle: PaymentPages['handle'],
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { method, url } = request;
  const answer = await handle(method, url.split('?')[0] ?? '', bodyOf(request).join().toString());
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

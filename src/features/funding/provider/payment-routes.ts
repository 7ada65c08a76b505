import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { RequestError } from '../../../platform/errors/errors.ts';
import { paymentNoticePath } from '../../../platform/http/paths.ts';
import { bodyOf, receiveBytes } from '../../../platform/http/received-bytes.ts';
import { SignatureError } from '../../../platform/payments/provider-errors.ts';
import type { Provider, ProviderEvent } from '../../../platform/payments/provider.ts';

/** Most bytes of a notice. */
const maxBytes = 262_144;

/** Most bytes of a form of the test provider. */
const maxFormBytes = 4096;

/** Answers requests to pages of the test provider. */
export type TestPageHandler = (
  method: string,
  path: string,
  body: string,
) => Promise<{
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}>;

export interface PaymentRoutes {
  readonly provider: Provider;
  /** Stores a notice, once; resolves after the commit. */
  readonly onNotice: (event: ProviderEvent) => Promise<void>;
  /** Pages of the test provider, and the prefix of their addresses; undefined: the provider has its own. */
  readonly testPage: { readonly path: string; readonly handle: TestPageHandler } | undefined;
}

/**
 * The address to which the payment provider sends notices, and the pages of the test provider. A notice is stored and
 * then answered; what it is about is read from the provider afterwards.
 */
export function paymentRoutes({ provider, onNotice, testPage }: PaymentRoutes) {
  // Encapsulated, because signatures are of the body as it was sent.
  return (app: FastifyInstance): Promise<void> => {
    app.removeAllContentTypeParsers();
    app.addContentTypeParser('*', receiveBytes);
    app.post(paymentNoticePath, { bodyLimit: maxBytes }, async (request, reply) => {
      await onNotice(readEvent(provider, request));
      return reply.code(200).send({ received: true });
    });
    if (testPage)
      app.route({
        url: `${testPage.path}*`,
        method: ['GET', 'POST'],
        bodyLimit: maxFormBytes,
        // Whoever knows the address of a page may use it.
        config: { hasSecretPath: true },
        handler: (request, reply) => sendPage(testPage.handle, request, reply),
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
  handle: TestPageHandler,
  request: FastifyRequest,
  reply: FastifyReply,
): Promise<FastifyReply> {
  const { method, url } = request;
  const answer = await handle(method, url.split('?')[0] ?? '', bodyOf(request).join().toString());
  return reply.code(answer.status).headers(answer.headers).send(answer.body);
}

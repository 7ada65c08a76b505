import type { FastifyReply, FastifyRequest } from 'fastify';
import { sendTagged } from '../../platform/http/tagged-answer.ts';

/**
 * Answers with the schema as text, or with 304 to a client that has it.
 * @param print called once, at the first request
 */
export function schemaRoute(print: () => string) {
  let text: string | undefined;
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    text ??= print();
    void reply.headers({ 'cache-control': 'public, no-cache', 'x-content-type-options': 'nosniff' });
    return sendTagged(request, reply.type('text/plain; charset=utf-8'), text);
  };
}

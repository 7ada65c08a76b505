import type { FastifyInstance, FastifyRequest } from 'fastify';
import { RequestError } from '../errors.ts';
import { readJson } from '../operations/json.ts';

/** Members of an operation that an address holds as JSON, and those that it holds as they are. */
const jsonParameters = ['variables', 'extensions'] as const;
const textParameters = ['query', 'operationName', 'documentId', 'id'] as const;

/** Takes bodies of JSON as text: their shape is checked before they are parsed. */
export function receiveJson(app: FastifyInstance): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', { parseAs: 'string' }, (_request, body, done) =>
    done(null, body),
  );
}

function parameter(search: URLSearchParams, name: string): string | undefined {
  const values = search.getAll(name);
  if (values.length > 1)
    throw new RequestError(
      'BAD_REQUEST',
      `The address may have \`${name}\` once, not ${values.length} times.`,
    );
  return values[0];
}

function fromAddress(url: string): Record<string, unknown> {
  const at = url.indexOf('?');
  const search = new URLSearchParams(at < 0 ? '' : url.slice(at + 1));
  const received: Record<string, unknown> = {};
  for (const name of textParameters) received[name] = parameter(search, name);
  for (const name of jsonParameters) {
    const text = parameter(search, name);
    if (text) received[name] = readJson(text, `\`${name}\``);
  }
  return received;
}

/** Bodies of more characters than this take a turn to be read. */
const largeBody = 16 * 1024;

export const isLargeBody = ({ body }: FastifyRequest): boolean =>
  typeof body === 'string' && body.length > largeBody;

/**
 * The operation of a request as it was received: in the address of a GET, in the body of a POST.
 * @throws RequestError BAD_REQUEST
 */
export function receivedOperation({ method, url, body }: FastifyRequest): unknown {
  if (method === 'GET') return fromAddress(url);
  if (typeof body !== 'string' || body === '')
    throw new RequestError('BAD_REQUEST', 'Send the operation as a JSON object in the body.');
  return readJson(body, 'The body');
}

import type { IncomingMessage } from 'node:http';
import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { RequestError } from '../errors.ts';
import { readJson } from '../operations/json.ts';

/** Members of an operation that an address holds as JSON, and those that it holds as they are. */
const jsonParameters = ['variables', 'extensions'] as const;
const textParameters = ['query', 'operationName', 'documentId', 'id'] as const;

/** A body as it came, in pieces: to make one text of them takes time, where they are many. */
class ReceivedBody {
  readonly #pieces: readonly Buffer[];
  readonly bytes: number;

  constructor(pieces: readonly Buffer[], bytes: number) {
    this.#pieces = pieces;
    this.bytes = bytes;
  }

  get text(): string {
    return Buffer.concat(this.#pieces, this.bytes).toString();
  }
}

/** Takes bodies of JSON as they come: they become texts when it is their turn, and their shape is checked before they are parsed. */
export function receiveJson(app: FastifyInstance, maxBytes: number): void {
  app.removeContentTypeParser(['application/json', 'text/plain']);
  app.addContentTypeParser('application/json', async (request: FastifyRequest, payload: IncomingMessage) => {
    const tooLarge = new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();
    if (Number(request.headers['content-length'] ?? 0) > maxBytes) throw tooLarge;
    const pieces: Buffer[] = [];
    let bytes = 0;
    for await (const piece of payload as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > maxBytes) throw tooLarge;
      pieces.push(piece);
    }
    return new ReceivedBody(pieces, bytes);
  });
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

/** Bodies of more bytes than this take a turn to be read. */
const largeBody = 16 * 1024;

export const isLargeBody = ({ body }: FastifyRequest): boolean =>
  body instanceof ReceivedBody && body.bytes > largeBody;

/**
 * The operation of a request as it was received: in the address of a GET, in the body of a POST.
 * @throws RequestError BAD_REQUEST
 */
export function receivedOperation({ method, url, body }: FastifyRequest): unknown {
  if (method === 'GET') return fromAddress(url);
  if (!(body instanceof ReceivedBody) || body.bytes === 0)
    throw new RequestError('BAD_REQUEST', 'Send the operation as a JSON object in the body.');
  return readJson(body.text, 'The body');
}

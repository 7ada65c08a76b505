import { type IncomingMessage, request as requestPlain } from 'node:http';
import { request as requestEncrypted } from 'node:https';

/** Longest time of a request, from the name's look-up to the last byte, in milliseconds. */
const maxMs = 5000;

/** Most bytes of an answer unless the request says otherwise: metadata, keys and tokens have a few thousand. */
const usualMaxBytes = 262_144;

/** Statuses whose answers have no body. */
const bodiless = new Set([204, 205, 304]);

/** Another service has not answered, or not within the bounds. */
export class OtherServiceUnavailable extends Error {
  override readonly name = 'OtherServiceUnavailable';
}

/** The parts of a request; the libraries of OpenID Connect fill in all but the last. */
export interface RequestParts {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly signal?: AbortSignal | null | undefined;
  readonly maxBytes?: number;
}

/**
 * `fetch` for services elsewhere, such as issuers: bounded in time and in bytes, on a connection of its own that ends with it. A redirect is an
 * answer and is not followed, so that only the addresses of the settings and of their metadata are asked.
 * @throws OtherServiceUnavailable
 */
export function boundedRequest(url: string, parts: RequestParts) {
  const { method = 'GET', headers = {}, body, signal, maxBytes = usualMaxBytes } = parts;
  return new Promise<Response>((resolve, reject) => {
    const send = new URL(url).protocol === 'https:' ? requestEncrypted : requestPlain;
    const options = { method, headers, agent: false, ...(signal ? { signal } : {}) } as const;
    const fail = (cause: unknown): void => {
      reject(new OtherServiceUnavailable('Another service has not answered as it should', { cause }));
      sent.destroy();
    };
    const sent = send(url, options, (answer) => {
      readBounded(answer, maxBytes).then((bytes) => resolve(responseOf(answer, bytes)), fail);
    });
    const timer = setTimeout(() => fail(new Error('too slow')), maxMs);
    sent.on('error', fail).once('close', () => clearTimeout(timer));
    sent.end(body instanceof URLSearchParams ? body.toString() : (body as string | Uint8Array | undefined));
  });
}

async function readBounded(answer: IncomingMessage, maxBytes: number): Promise<Buffer<ArrayBuffer>> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > maxBytes) throw new Error('too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function responseOf(
  { statusCode: status = 502, headers }: IncomingMessage,
  bytes: Buffer<ArrayBuffer>,
): Response {
  const type = headers['content-type'];
  return new Response(bodiless.has(status) ? null : bytes, {
    status,
    headers: type === undefined ? {} : { 'content-type': type },
  });
}

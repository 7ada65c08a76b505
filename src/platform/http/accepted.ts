import type { FastifyRequest } from 'fastify';

/** Longest `Accept…` header that is read, in characters: browsers send 200. A longer one counts as absent. */
export const maxAcceptLength = 1000;

/** The weights from 0 to 1 that an `Accept…` header gives to what it names (RFC 9110 section 12.4.2). */
export type Weights = ReadonlyMap<string, number>;

/** A request's headers. */
type Asked = Pick<FastifyRequest, 'headers'>;

type AcceptHeader = 'accept' | 'accept-encoding';

/** What was read of each request, so that nothing is read twice, however often it is asked. */
const known = new WeakMap<Asked['headers'], Map<AcceptHeader, Weights | undefined>>();

/** What a request accepts; undefined: everything, because it does not say, or too much. */
export function accepted({ headers }: Asked, name: AcceptHeader): Weights | undefined {
  const read = known.get(headers) ?? new Map<AcceptHeader, Weights | undefined>();
  known.set(headers, read);
  if (!read.has(name)) read.set(name, readWeights(headers[name]));
  return read.get(name);
}

/** The weight that a request gives to what it names itself, or 0. */
export const quality = (request: Asked, name: AcceptHeader, wanted: string): number =>
  accepted(request, name)?.get(wanted) ?? 0;

function readWeights(header: string | readonly string[] | undefined): Weights | undefined {
  if (header === undefined) return undefined;
  const text = String(header);
  if (text.length > maxAcceptLength) return undefined;
  const weights = new Map<string, number>();
  for (const range of text.toLowerCase().split(',')) {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim());
    const weight = parameters.find((part) => part.startsWith('q='))?.slice(2);
    if (!weights.has(name)) weights.set(name, Number(weight ?? 1) || 0);
  }
  return weights;
}

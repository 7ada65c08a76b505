import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { RequestError } from '../errors.ts';
import type { DocumentReference } from '../graphql/trusted-documents.ts';
import type { SubscribePayload } from './accept-subscription.ts';

/** A subscription as HTTP carries it: trusted documents have their id beside the query. */
export type StreamPayload = SubscribePayload & Pick<DocumentReference, 'documentId' | 'id'>;

const record = z.record(z.string(), z.unknown()).nullish();

const payload = z.object({
  query: z
    .string()
    .nullish()
    .transform((query) => query ?? undefined),
  operationName: z.string().nullish(),
  variables: record,
  extensions: record,
  documentId: z.string().nullish(),
  id: z.string().nullish(),
});

/** Parameters of an address that hold JSON. */
const jsonParameters = ['variables', 'extensions'] as const;

function fromAddress(search: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const given: Record<string, unknown> = { ...search };
  for (const name of jsonParameters) {
    const text = given[name];
    if (typeof text !== 'string') continue;
    try {
      given[name] = text === '' ? undefined : JSON.parse(text);
    } catch {
      throw new RequestError('BAD_REQUEST', `\`${name}\` is not JSON.`);
    }
  }
  return given;
}

/**
 * What a client wants to subscribe to: in the address of a GET, in the body of a POST.
 * @throws RequestError BAD_REQUEST
 */
export function streamPayload({ method, query, body }: FastifyRequest): StreamPayload {
  const parsed = payload.safeParse(method === 'GET' ? fromAddress(query as Record<string, unknown>) : body);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const where = issue?.path.length ? `\`${issue.path.join('.')}\`` : 'The operation';
    throw new RequestError('BAD_REQUEST', `${where}: ${issue?.message ?? 'not understood'}.`);
  }
  const { query: text, documentId, id, extensions } = parsed.data;
  if (text === undefined && !documentId && !id && !extensions)
    throw new RequestError('BAD_REQUEST', 'Send the subscription as `query`.');
  return parsed.data;
}

import { type DocumentNode, Kind, OperationTypeNode, print } from 'graphql';
import { createHash } from 'node:crypto';
import { type Plugin } from 'vite';
import { eventsSubscription } from './embed/documents.ts';
import * as generated from './graphql/generated/graphql.ts';

const isSubscription = (value: unknown): value is DocumentNode =>
  (value as Partial<DocumentNode> | undefined)?.kind === Kind.DOCUMENT &&
  (value as DocumentNode).definitions.some(
    (definition) =>
      definition.kind === Kind.OPERATION_DEFINITION &&
      definition.operation === OperationTypeNode.SUBSCRIPTION,
  );

/**
 * Writes the digests of the page's subscriptions, and of that of `<standfirst-thread>`, exactly as the page sends them, to a file next to the page: the
 * service always has room for these documents.
 */
export const liveDocuments = (): Plugin => ({
  name: 'live-documents',
  apply: 'build',
  generateBundle() {
    const texts = [...Object.values(generated).filter(isSubscription).map(print), eventsSubscription];
    const digests = texts.map((text) => createHash('sha256').update(text).digest('base64url'));
    this.emitFile({ type: 'asset', fileName: 'live-documents.json', source: JSON.stringify(digests) });
  },
});

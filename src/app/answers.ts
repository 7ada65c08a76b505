import type { FastifyRequest } from 'fastify';
import { EventStreamGateway } from '../carriers/event-stream/event-stream.ts';
import { ApolloExecutor } from '../carriers/graphql/apollo.ts';
import { GraphqlRoute } from '../carriers/graphql/graphql-route.ts';
import { LiveService } from '../carriers/live/live-service.ts';
import type { Proofs } from '../features/people/credentials/proof.service.ts';
import type { DecoratedClass } from '../platform/feature/feature.ts';
import { doorsOf } from '../platform/http/doors.ts';
import { EventDocuments } from '../platform/live/event-documents.ts';
import { KnownDocuments } from '../platform/live/known-documents.ts';
import { LiveOperations } from '../platform/live/operations.ts';
import { Documents } from '../platform/operations/documents.ts';
import { chooseExecutor } from '../platform/operations/execute.ts';
import { Gate } from '../platform/operations/gate.ts';
import { PublicReader } from '../platform/operations/public-reader.ts';
import { SharedAnswers } from '../platform/operations/shared-answers.ts';
import { loadTrustedDocuments } from '../platform/operations/trusted-documents.ts';
import { buildServedSchema, printApiSchema } from '../platform/feature/api-schema.ts';
import type { Ground } from './ground.ts';
import type { Identity } from './identity.ts';

export interface AnswersOptions {
  readonly resolvers: ReadonlyMap<DecoratedClass, object>;
  readonly proofs: Proofs;
}

/** What answers operations, and who carries them. */
export type Answers = Awaited<ReturnType<typeof openAnswers>>;

export async function openAnswers(ground: Ground, identity: Identity, { resolvers, proofs }: AnswersOptions) {
  const { config, options, turns, metrics, onFault } = ground;
  const { requests } = identity;
  const { schema, forClients, subgraphSdl } = buildServedSchema(ground.features, {
    federation: config.federation,
    instances: resolvers,
  });
  chooseExecutor(schema, config.executor);
  const trusted =
    config.trustedDocuments === undefined
      ? undefined
      : await loadTrustedDocuments(config.trustedDocuments, schema, config);
  const known = await KnownDocuments.open({
    webRoot: config.readerPage ? options.webRoot : undefined,
    trusted,
  });
  const documents = new Documents(schema, config);
  const gate = new Gate({
    ...ground,
    schema,
    settings: config,
    documents,
    trusted,
    requireProof: (viewer) => proofs.require(viewer),
    onRefused: (code) => metrics.countError(code),
  });
  const doors = doorsOf(config);
  const { answers } = ground.memory;
  const shared = answers && new SharedAnswers({ answers, turns, contextFor: requests.sharedContext });
  const live = new LiveService({
    ...ground,
    authenticator: identity.authenticator,
    gate,
    door: doors.live,
    operations: new LiveOperations({ ...ground, schema, known, report: onFault }),
    pageOrigins: config.pageOrigins,
    onRefused: (message) => ground.logger.warn(message),
    rights: identity.rightsWatch,
    limits: config,
  });
  const streams = new EventStreamGateway(live);
  const executor = new ApolloExecutor({ schema, metrics, onFault });
  await executor.start();
  return {
    gate,
    live,
    streams,
    executor,
    /** Shows events by documents that are kept. */
    eventShower: new EventDocuments({ ...ground, schema, documents, settings: config }),
    graphql: new GraphqlRoute({
      ...ground,
      gate,
      doors,
      executor,
      streams,
      shared,
      createContext: requests.contextOf,
      anonymousContext: requests.anonymous,
      publicCacheSeconds: config.publicCacheSeconds,
    }),
    reader: new PublicReader<FastifyRequest>({
      ...ground,
      gate,
      door: doors.page,
      shared,
      anonymousContext: requests.anonymous,
    }),
    // A list of trusted documents would refuse the explorer's introspection and its users' operations.
    hasExplorer: trusted === undefined,
    schemaText: trusted ? undefined : () => printApiSchema(forClients),
    subgraphSdl: trusted ? undefined : subgraphSdl,
  };
}

import type { FastifyRequest } from 'fastify';
import { EventStreamGateway } from '../carriers/event-stream/event-stream.ts';
import { ApolloExecutor } from '../carriers/graphql/apollo.ts';
import { GraphqlRoute } from '../carriers/graphql/graphql-route.ts';
import { ConnectionSet } from '../carriers/live/connection-set.ts';
import { LiveService } from '../carriers/live/live-service.ts';
import type { Proofs } from '../features/people/credentials/proof.service.ts';
import { clientKey } from '../platform/auth/client-key.ts';
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
  const { config, logger, options, db, memory, hub, rates, turns, lanes, holdings, metrics, onFault } =
    ground;
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
    schema,
    settings: config,
    documents,
    rates,
    turns,
    trusted,
    requireProof: (viewer) => proofs.require(viewer),
    onRefused: (code) => metrics.countError(code),
  });
  const doors = doorsOf(config);
  const { answers } = memory;
  const shared =
    answers &&
    new SharedAnswers({
      answers,
      turns,
      contextFor: (context, viewer, { recorder, reading }) => ({
        ...context,
        ...identity.answerFor(
          { client: clientKey(context), address: context.address, viewer },
          recorder,
          reading,
        ),
        viewer,
      }),
    });
  const connections = new ConnectionSet(config);
  const live = new LiveService({
    authenticator: identity.authenticator,
    gate,
    door: doors.live,
    operations: new LiveOperations({ schema, db, hub, memory, known, turns, report: onFault }),
    holdings,
    connections,
    pageOrigins: config.pageOrigins,
    onRefused: (message) => logger.warn(message),
    rights: identity.rightsWatch,
    rates,
    limits: config,
    metrics,
    onFault,
  });
  const streams = new EventStreamGateway(live);
  const executor = new ApolloExecutor({ schema, metrics, onFault });
  await executor.start();
  return {
    gate,
    connections,
    live,
    streams,
    executor,
    /** Shows events by documents that are kept. */
    eventShower: new EventDocuments({ schema, documents, settings: config, db, memory, turns }),
    graphql: new GraphqlRoute({
      gate,
      doors,
      executor,
      streams,
      lanes,
      shared,
      rates,
      turns,
      createContext: identity.contextOf,
      anonymousContext: identity.anonymous,
      publicCacheSeconds: config.publicCacheSeconds,
      metrics,
      onFault,
    }),
    reader: new PublicReader<FastifyRequest>({
      gate,
      door: doors.page,
      lanes,
      shared,
      anonymousContext: identity.anonymous,
      metrics,
      onFault,
    }),
    // A list of trusted documents would refuse the explorer's introspection and its users' operations.
    hasExplorer: trusted === undefined,
    schemaText: trusted ? undefined : () => printApiSchema(forClients),
    subgraphSdl: trusted ? undefined : subgraphSdl,
  };
}

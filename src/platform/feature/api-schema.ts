import 'reflect-metadata';
import { type GraphQLObjectType, type GraphQLSchema, lexicographicSortSchema, printSchema } from 'graphql';
import { buildSchemaSync, type ClassType, type NonEmptyArray, type PubSub } from 'type-graphql';
import type { DecoratedClass, Feature } from './feature.ts';
import { countAnswers } from '../graphql/answer-size.ts';
import { federated } from '../graphql/federation.ts';
import { requireMaxLengths } from '../graphql/max-length.ts';
import { requireCommands } from '../graphql/command.ts';
import { describeProofs, requireScopes } from '../graphql/needs-scope.ts';
import { judgeMutationsByRightsLeft } from '../graphql/rights-left.ts';
import { describeScopes, TokenScopeEnum } from '../graphql/scope-descriptions.ts';
import { callDirectly } from '../graphql/direct-resolvers.ts';
import { ArticleEventKindEnum } from '../graphql/article-events.ts';
import { UserErrorCodeEnum } from '../graphql/user-error.type.ts';
import { errorCodesOf, graphqlOf, notificationsOf, scopesOf } from './gather.ts';
import { NotificationKindEnum } from './notification.ts';

type Instances = ReadonlyMap<DecoratedClass, object>;

/** Sets the description of a root type, which the library does not support. */
function describe(type: GraphQLObjectType | null | undefined, description: string): void {
  if (type) type.description = description;
}

function instanceOf(instances: Instances | undefined, resolver: DecoratedClass): object {
  const instance = instances?.get(resolver);
  if (!instance) throw new Error(`There is no instance of ${resolver.name}`);
  return instance;
}

/** Required by the library, but unused: every subscription has a source of its own. */
const noPubSub: PubSub = {
  publish: () => {
    throw new Error('Events go through the log');
  },
  subscribe: () => {
    throw new Error('Events come from the hub');
  },
};

/**
 * Builds the schema of the features.
 * @param instances the resolvers' instances; without them the schema can be printed and checked, but not executed
 */
export const buildApiSchema = (features: readonly Feature[], instances?: Instances): GraphQLSchema =>
  guarded(buildFeatureSchema(features, instances));

/** The same as a subgraph of Apollo Federation. */
export const buildFederatedSchema = (features: readonly Feature[], instances?: Instances): GraphQLSchema =>
  buildServedSchema(features, { federation: true, instances }).schema;

/** The schema of a running service. */
export interface ServedSchema {
  /** What is executed. */
  readonly schema: GraphQLSchema;
  /** What clients use: the same without what is for gateways alone. */
  readonly forClients: GraphQLSchema;
  /** What gateways compose their schema from; undefined: the service is no subgraph. */
  readonly subgraphSdl: string | undefined;
}

/** @param options `federation`: whether the service is a subgraph of Apollo Federation */
export function buildServedSchema(
  features: readonly Feature[],
  { federation, instances }: { readonly federation: boolean; readonly instances: Instances | undefined },
): ServedSchema {
  const forClients = buildFeatureSchema(features, instances);
  if (!federation) return { schema: guarded(forClients), forClients, subgraphSdl: undefined };
  const { schema, sdl } = federated(forClients, new Map(Object.entries(graphqlOf(features).nodes)));
  return { schema: guarded(schema), forClients, subgraphSdl: sdl };
}

/** Makes each field count its part of an answer, and checks that every mutation is counted and says what a machine token needs. */
function guarded(schema: GraphQLSchema): GraphQLSchema {
  judgeMutationsByRightsLeft(schema);
  countAnswers(schema);
  requireScopes(schema);
  requireCommands(schema);
  return schema;
}

function buildFeatureSchema(features: readonly Feature[], instances?: Instances): GraphQLSchema {
  const resolvers = features.flatMap((feature) => feature.resolvers.map(({ resolver }) => resolver));
  const known = new Set<unknown>(resolvers);
  // The library looks for every resolver's class in this list, once for every field.
  Object.defineProperty(resolvers, 'includes', { value: (resolver: unknown) => known.has(resolver) });
  ArticleEventKindEnum.fill(graphqlOf(features).events.described);
  UserErrorCodeEnum.fill(errorCodesOf(features));
  // `describeScopes` says what each of them opens.
  TokenScopeEnum.fill(
    Object.fromEntries(Object.keys(scopesOf(features)).map((scope) => [scope, { describe: '' }])),
  );
  NotificationKindEnum.fill(notificationsOf(features));
  const schema = buildSchemaSync({
    resolvers: resolvers as unknown as NonEmptyArray<ClassType>,
    orphanedTypes: features.flatMap(({ types }) => types),
    container: { get: (resolver) => instanceOf(instances, resolver as DecoratedClass) },
    pubSub: noPubSub,
    validate: false,
    // Apollo validates the schema again; the library's check would run an introspection query at each start.
    skipCheck: true,
  });
  requireMaxLengths(schema);
  describeScopes(schema);
  describeProofs(schema);
  if (instances) callDirectly(schema, instances);
  describe(
    schema.getQueryType(),
    'The queries. Every list is a connection, with 20 items per page by default and at most 100. An `ID` has at most 120 characters. A machine token needs `READ`, unless a query says otherwise.',
  );
  describe(
    schema.getMutationType(),
    'The mutations. An expected refusal is a value in `userErrors`; a refused mutation has written nothing.',
  );
  describe(
    schema.getSubscriptionType(),
    'The subscriptions, over WebSocket (the graphql-transport-ws protocol) or Server-Sent Events. A machine token needs `READ`, unless a subscription says otherwise.',
  );
  return schema;
}

/** Prints a schema in the form of `schema.graphql`: sorted, with all descriptions. */
export const printApiSchema = (schema: GraphQLSchema): string =>
  `${printSchema(lexicographicSortSchema(schema))}\n`;

import { extendSchema, type GraphQLSchema, isInterfaceType, isObjectType, isUnionType, parse } from 'graphql';
import { RequestError } from '../errors/errors.ts';
import type { Context } from './context.ts';
import { decodeGlobalId } from './global-id.ts';
import { type Node, type NodeFinder, priceOfNodes } from './node.ts';
import { subgraphSdl } from './subgraph-sdl.ts';

// Apollo Federation 2: what makes the schema a subgraph (https://specs.apollo.dev/federation/v2.0). Every type with a
// node finder is an entity with the key `id`. A gateway reads `_service.sdl` to compose its schema, and asks `_entities` for
// all objects of which other subgraphs gave it the ids: one request for a list, which the loaders answer in one batch, as
// they do for `nodes(ids:)`. The schema itself has neither field where the service is no subgraph.

/** Most objects that one `_entities` may name: gateways do not split their lists. */
const maxRepresentations = 1000;

const additions = (types: readonly string[]) =>
  parse(`
  """A reference of a gateway to an object: its \`__typename\` and its \`id\`."""
  scalar _Any

  """An object to which other subgraphs may refer."""
  union _Entity = ${types.join(' | ')}

  """The service as a subgraph of Apollo Federation."""
  type _Service {
    """The schema with the directives of Apollo Federation 2."""
    sdl: String!
  }

  extend type Query {
    """For gateways: the schema from which they compose theirs."""
    _service: _Service!

    """
    For gateways: the objects of these references, in their order; null in the place of an object that \`node\` would not
    return.
    """
    _entities(
      """At most ${maxRepresentations} references."""
      representations: [_Any!]!
    ): [_Entity]!
  }
`);

/** What a reference names. */
interface Reference {
  readonly typeName: string;
  readonly id: string;
  readonly find: NodeFinder;
}

/** @throws RequestError BAD_USER_INPUT */
function requireReference(value: unknown, finders: ReadonlyMap<string, NodeFinder>): Reference {
  const { __typename: typeName, id } = (value ?? {}) as Readonly<Record<string, unknown>>;
  if (typeof typeName === 'string' && typeof id === 'string') {
    const find = finders.get(typeName);
    if (find) return { typeName, id, find };
  }
  throw new RequestError(
    'BAD_USER_INPUT',
    'A representation has the `__typename` of a type with a key, and the `id` of an object.',
  );
}

function findEntities(
  representations: readonly unknown[],
  finders: ReadonlyMap<string, NodeFinder>,
  context: Context,
): Promise<Node | null>[] {
  if (representations.length > maxRepresentations)
    throw new RequestError(
      'BAD_USER_INPUT',
      `\`representations\` takes at most ${maxRepresentations} references, not ${representations.length}.`,
    );
  const references = representations.map((value) => requireReference(value, finders));
  // An array of promises, so that the failure of one object leaves the others.
  return references.map(async ({ typeName, id, find }) => {
    const decoded = decodeGlobalId(id);
    return decoded?.typeName === typeName ? find(decoded.keys, context) : null;
  });
}

/** The part of an operation of which the price of `_entities` depends. */
interface Asked {
  readonly args: { readonly representations?: unknown };
  readonly childComplexity: number;
}

/** A schema as that of a subgraph. */
export interface Subgraph {
  /** With `_service` and `_entities`. */
  readonly schema: GraphQLSchema;
  /** What gateways compose their schema from. */
  readonly sdl: string;
}

/**
 * Makes a schema that of a subgraph. The given one stays as it is.
 * @param finders by the name of the type
 */
export function federated(schema: GraphQLSchema, finders: ReadonlyMap<string, NodeFinder>): Subgraph {
  const types = [...finders.keys()].sort();
  const sdl = subgraphSdl(schema, new Set(types));
  const extended = extendSchema(schema, additions(types), { assumeValidSDL: true });
  const fields = extended.getQueryType()?.getFields() ?? {};
  const service = extended.getType('_Service');
  const node = extended.getType('Node');
  const entity = extended.getType('_Entity');
  if (
    !fields._service ||
    !fields._entities ||
    !isObjectType(service) ||
    !isInterfaceType(node) ||
    !isUnionType(entity)
  )
    throw new Error('The schema has no nodes');
  entity.resolveType = (value, context, info) => node.resolveType?.(value, context, info, node);
  fields._service.resolve = () => ({ sdl });
  for (const field of Object.values(service.getFields())) field.extensions = { textBytes: sdl.length };
  fields._entities.resolve = (_source, { representations }, context) =>
    findEntities(representations as readonly unknown[], finders, context as Context);
  fields._entities.extensions = {
    complexity: ({ args, childComplexity }: Asked) => priceOfNodes(args.representations, childComplexity),
  };
  return { schema: extended, sdl };
}

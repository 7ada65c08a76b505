import { Arg, type ClassType, Ctx, Field, ID, InterfaceType, Query, Resolver } from 'type-graphql';
import type { Context } from './context.ts';
import { decodeGlobalId } from './global-id.ts';
import { RequestError } from '../errors/errors.ts';

/** Anything with a global id (Relay's Object Identification). */
@InterfaceType({
  description: 'An object with a global id.',
  resolveType: (value: object) => value.constructor as ClassType,
})
export abstract class Node {
  @Field(() => ID, { description: 'Opaque id, unique among all types; it never changes.' })
  id!: string;
}

/** Finds the object of an id of one type; null if there is none, or none for this viewer. */
export type NodeFinder = (keys: readonly string[], context: Context) => Promise<Node | null>;

/**
 * A finder for a type whose ids hold `count` keys: an id with more or fewer finds nothing, whatever its first keys
 * name.
 */
export function nodeFinder(count: 1 | 2, find: NodeFinder): NodeFinder {
  return (keys, context) => (keys.length === count ? find(keys, context) : Promise.resolve(null));
}

/** Most ids that `nodes` takes at once. */
export const maxNodes = 100;

/** Points of finding the objects of a list of ids, each with its selections. */
export const priceOfNodes = (list: unknown, childComplexity: number): number =>
  1 + (Array.isArray(list) ? list.length : 1) * Math.max(1, childComplexity);

/** `node` and `nodes`, over the finders of the features. */
@Resolver()
export class NodeResolver {
  readonly #finders: ReadonlyMap<string, NodeFinder>;

  /** @param finders by the name of the type */
  constructor(finders: Readonly<Record<string, NodeFinder>>) {
    this.#finders = new Map(Object.entries(finders));
  }

  @Query(() => Node, {
    nullable: true,
    description: 'The object with this id; null if there is none or the viewer may not see it.',
  })
  async node(
    @Arg('id', () => ID, { description: 'A global id.' }) id: string,
    @Ctx() context: Context,
  ): Promise<Node | null> {
    const decoded = decodeGlobalId(id);
    const find = decoded && this.#finders.get(decoded.typeName);
    return find ? find(decoded.keys, context) : null;
  }

  @Query(() => [Node], {
    nullable: 'items',
    description:
      'The objects with these ids, in the order of `ids`; null in the place of an object that `node` would not return.',
    complexity: ({ args, childComplexity }) => priceOfNodes(args.ids, childComplexity),
  })
  nodes(
    @Arg('ids', () => [ID], { description: 'At most 100 global ids.' }) ids: string[],
    @Ctx() context: Context,
  ): Promise<(Node | null)[]> {
    if (ids.length > maxNodes) {
      throw new RequestError('BAD_USER_INPUT', `\`ids\` takes at most ${maxNodes} ids, not ${ids.length}.`);
    }
    return Promise.all(ids.map((id) => this.node(id, context)));
  }
}

import type { GraphQLResolveInfo } from 'graphql';
import { type ClassType, Field, Int, ObjectType } from 'type-graphql';
import type { Page } from './page.ts';
import { IsCounted } from './price.ts';
import { CursorScalar } from './scalars.ts';
import { selectsPath } from './selects-field.ts';

/** Relay's PageInfo. */
@ObjectType({
  simpleResolvers: true,
  description:
    'The position of a page in its list. Both flags are exact, whether the page was requested by `first` or by `last`.',
})
export class PageInfo {
  @Field(() => Boolean, { description: 'Whether the list has items after this page.' })
  hasNextPage!: boolean;

  @Field(() => Boolean, { description: 'Whether the list has items before this page.' })
  hasPreviousPage!: boolean;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'The first edge’s cursor; null on an empty page.',
  })
  startCursor!: string | null;

  @Field(() => CursorScalar, {
    nullable: true,
    description: 'The last edge’s cursor; null on an empty page.',
  })
  endCursor!: string | null;
}

export interface Edge<Node> {
  cursor: string;
  node: Node;
}

export interface Connection<Node> {
  edges: Edge<Node>[];
  nodes: Node[];
  pageInfo: PageInfo;
}

/** A connection with the length of its whole list. */
export interface Counted<Node> extends Connection<Node> {
  readonly totalCount: number | Promise<number>;
}

/** Adds the length of the whole list to a connection, which is counted only if it is selected. */
export const counted = <Node>(
  connection: Connection<Node>,
  count: () => number | Promise<number>,
): Counted<Node> => ({
  ...connection,
  get totalCount() {
    return count();
  },
});

/**
 * Begins to count a list if its length is selected, so that it is counted in the same turn in which its page is read.
 * @param info of the field that shows the list
 * @param load loads the length with a loader, which has the result, or the error, where the length is shown
 */
export function countAhead(info: GraphQLResolveInfo, load: () => Promise<number>): void {
  if (selectsPath(info, 'totalCount')) load().catch(() => undefined);
}

/** The class of an object type, or of an interface that the nodes implement. */
type NodeType<Node extends object> = abstract new (...args: never[]) => Node;

/** The edge type of a node type, named after it. */
export function edgeType<Node extends object>(node: NodeType<Node>, name: string): ClassType<Edge<Node>> {
  @ObjectType(`${name}Edge`, {
    simpleResolvers: true,
    description: `One ${name} in a list, with its cursor.`,
  })
  class NodeEdge implements Edge<Node> {
    @Field(() => CursorScalar, { description: 'The position of this item in the list.' })
    cursor!: string;

    @Field(() => node, { description: `The ${name}.` })
    node!: Node;
  }
  return NodeEdge;
}

/** The connection type of a node type, named after it. */
export function connectionType<Node extends object>(
  node: NodeType<Node>,
  edge: ClassType<Edge<Node>>,
  name: string,
): ClassType<Connection<Node>> {
  @ObjectType(`${name}Connection`, {
    simpleResolvers: true,
    description: `One page of a list of ${name} (Relay Cursor Connections).`,
  })
  class NodeConnection implements Connection<Node> {
    @Field(() => [edge], { description: 'The items of the page, each with its cursor.' })
    edges!: Edge<Node>[];

    @Field(() => [node], { description: 'The items of the page, without cursors.' })
    nodes!: Node[];

    @Field(() => PageInfo, { description: 'The position of this page in the list.' })
    pageInfo!: PageInfo;
  }
  return NodeConnection;
}

/**
 * As `connectionType`, with the number of edges in the whole list.
 * @param isStored whether the number is stored; false: it is counted whenever it is selected
 */
export function countedConnectionType<Node extends object>(
  node: NodeType<Node>,
  edge: ClassType<Edge<Node>>,
  name: string,
  { isStored, description }: { readonly isStored: boolean; readonly description: string },
): ClassType<Counted<Node>> {
  const type = connectionType(node, edge, name);
  const field: [prototype: object, name: string] = [type.prototype, 'totalCount'];
  Field(() => Int, { description })(...field);
  if (!isStored) IsCounted()(...field);
  return type as ClassType<Counted<Node>>;
}

/** Makes a connection of a page of rows. A row without a node, such as one that is gone since, is left out. */
export function toConnection<Row, Node>(
  page: Page<Row>,
  nodeOf: (row: Row, index: number) => Node | null,
): Connection<Node> {
  const edges: Edge<Node>[] = [];
  const nodes: Node[] = [];
  page.rows.forEach((row, index) => {
    const node = nodeOf(row, index);
    if (node === null) return;
    edges.push({ cursor: page.cursorOf(row), node });
    nodes.push(node);
  });
  return {
    edges,
    nodes,
    pageInfo: {
      hasNextPage: page.hasNextPage,
      hasPreviousPage: page.hasPreviousPage,
      startCursor: edges[0]?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

import {
  type ConstDirectiveNode,
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  lexicographicSortSchema,
  type ObjectTypeDefinitionNode,
  parse,
  print,
  printSchema,
  visit,
} from 'graphql';

/** The version of the specification whose directives the SDL uses: the first that has all of them. */
const linked = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.0", import: ["@key", "@shareable"])`;

/** Types of Relay's conventions, which other subgraphs may define as well, with the same fields. */
const sharedTypes: ReadonlySet<string> = new Set(['PageInfo']);

const directive = (name: string, fields?: string): ConstDirectiveNode => ({
  kind: Kind.DIRECTIVE,
  name: { kind: Kind.NAME, value: name },
  arguments:
    fields === undefined
      ? []
      : [
          {
            kind: Kind.ARGUMENT,
            name: { kind: Kind.NAME, value: 'fields' },
            value: { kind: Kind.STRING, value: fields },
          },
        ],
});

/**
 * A schema as the SDL of a subgraph of Apollo Federation 2, from which gateways compose theirs.
 * @param entities names of the types that other subgraphs may refer to by `id`
 */
export function subgraphSdl(schema: GraphQLSchema, entities: ReadonlySet<string>): string {
  const document: DocumentNode = parse(printSchema(lexicographicSortSchema(schema)));
  const marked = visit(document, {
    ObjectTypeDefinition(node): ObjectTypeDefinitionNode | undefined {
      const name = node.name.value;
      if (entities.has(name)) return { ...node, directives: [directive('key', 'id')] };
      return sharedTypes.has(name) ? { ...node, directives: [directive('shareable')] } : undefined;
    },
  });
  return `${linked}\n\n${print(marked)}\n`;
}

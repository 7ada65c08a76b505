import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { Extensions } from 'type-graphql';
import { rootFields } from './root-fields.ts';

/**
 * Marks a mutation whose input authenticates the client. Clients continue to send the access token that they have, so
 * an expired one must not prevent them from getting the next.
 */
export const IgnoresCredential = (): PropertyDecorator & MethodDecorator =>
  Extensions({ ignoresCredential: true });

/**
 * Whether an operation only begins or renews sessions: then an invalid or expired token beside it is no error. With any
 * other field it is one: an operation never runs as signed out because its token was invalid.
 */
export function ignoresCredential(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): boolean {
  const fields = schema.getRootType(operation.operation)?.getFields() ?? {};
  const names = rootFields(document, operation)
    .map(({ name }) => name.value)
    .filter((name) => name !== '__typename');
  return names.length > 0 && names.every((name) => fields[name]?.extensions.ignoresCredential === true);
}

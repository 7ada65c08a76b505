import type { DocumentNode, GraphQLSchema, OperationDefinitionNode } from 'graphql';
import { Extensions } from 'type-graphql';
import { rootFields } from './root-fields.ts';

/**
 * Marks a mutation that proves who somebody is by its input. A client goes on sending the access token that it has, so
 * one that has expired must not stand in the way of the next.
 */
export const IgnoresCredential = (): PropertyDecorator & MethodDecorator =>
  Extensions({ ignoresCredential: true });

/**
 * Whether all that an operation does is to begin or renew a session: then a wrong or expired token beside it is no fault.
 * One other field, and it is: an operation never runs as signed out because its token proved nothing.
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

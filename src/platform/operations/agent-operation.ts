import { createHash } from 'node:crypto';
import { type DocumentNode, Kind, type OperationDefinitionNode, OperationTypeNode, TokenKind } from 'graphql';

/** An operation that an agent may call as a tool, in the form of Apollo's persisted query manifest. */
export interface AgentOperation {
  /** SHA-256 of the exact text. */
  readonly id: string;
  readonly name: string;
  readonly type: OperationTypeNode;
  /** The exact text: agents' servers send it as it is, and take the comment before the operation as the tool's description. */
  readonly body: string;
}

/** The reason for which a document is no tool. */
export interface NoTool {
  readonly reason: string;
}

/** The lines of the comment that ends directly before an operation, without their marks. */
export function descriptionOf({ loc }: OperationDefinitionNode): string {
  const lines: string[] = [];
  for (let token = loc?.startToken.prev; token?.kind === TokenKind.COMMENT; token = token.prev)
    lines.unshift(token.value.trim());
  return lines.join('\n').trim();
}

/**
 * A document as a tool of agents.
 * @param document parsed from the text
 */
export function agentOperation(text: string, document: DocumentNode): AgentOperation | NoTool {
  const operations = document.definitions.filter(
    (definition) => definition.kind === Kind.OPERATION_DEFINITION,
  );
  const [operation] = operations;
  if (!operation || operations.length > 1) return { reason: 'a tool is one operation' };
  if (!operation.name) return { reason: 'it has no name' };
  if (operation.operation === OperationTypeNode.SUBSCRIPTION)
    return { reason: 'agents call no subscriptions' };
  if (descriptionOf(operation) === '') return { reason: 'no comment before it describes it' };
  return {
    id: createHash('sha256').update(text).digest('hex'),
    name: operation.name.value,
    type: operation.operation,
    body: text,
  };
}
